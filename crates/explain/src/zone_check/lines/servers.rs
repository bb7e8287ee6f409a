//! The facts about delegation, servers, transport and consistency, where no finding has more to say.

use netwhy_report::dns::check::{CheckedAddress, DelegatedBy, Probe};

use super::{Seen, State, count, fine, unmeasured};
use crate::finding::Severity;
use crate::zone_check::transport::{self, Large};
use crate::zone_check::{authority, balance, delegation, edns, reachable, serials};

pub(super) fn parent(seen: &Seen<'_>) -> (State, String) {
    let zone = seen.record.zone.escaped();
    match &seen.record.delegated_by {
        DelegatedBy::Parent {
            zone: parent,
            server,
            signed,
        } => {
            let listed = seen
                .record
                .servers
                .iter()
                .filter(|server| server.at_parent)
                .count();
            let ds = if *signed { ", with DS" } else { ", without DS" };
            fine(format!(
                "{} refers at {} to {}{ds}",
                parent.escaped(),
                server.ip(),
                count(listed, "server", "servers")
            ))
        }
        DelegatedBy::SameServers => unmeasured(
            "the parent's servers serve the zone too: the delegation cannot be seen apart",
        ),
        DelegatedBy::Resolvers => {
            unmeasured("the root servers are out of reach: the list is the resolvers'")
        }
        DelegatedBy::Nobody => {
            let why = seen
                .walk
                .map(|walk| authority::end(&walk.end))
                .unwrap_or_default();
            (
                State::Found(Severity::Error),
                format!("{zone} could not be checked: {why}"),
            )
        }
    }
}

pub(super) fn name_servers(seen: &Seen<'_>) -> (State, String) {
    let record = seen.record;
    let listed = record
        .servers
        .iter()
        .filter(|server| server.at_zone)
        .count();
    match (&record.delegated_by, listed) {
        (_, 0) => unmeasured("no server of the zone told its list"),
        (DelegatedBy::Parent { .. }, _) => fine(format!("parent and zone list the same {listed}")),
        _ => unmeasured(format!(
            "the zone lists {listed}; the parent's list was not seen"
        )),
    }
}

pub(super) fn glue(seen: &Seen<'_>) -> (State, String) {
    let inside = seen
        .record
        .servers
        .iter()
        .filter(|server| !server.glue.is_empty());
    match inside.count() {
        0 => unmeasured("none seen: the servers' names lie elsewhere, or no referral was seen"),
        number => fine(format!(
            "{} as the zone has it",
            count(number, "server", "servers")
        )),
    }
}

pub(super) fn redundancy(seen: &Seen<'_>) -> (State, String) {
    let record = seen.record;
    let mut networks: Vec<_> = record
        .addresses
        .iter()
        .map(|one| delegation::network(one.address.ip()))
        .collect();
    networks.sort_unstable();
    networks.dedup();
    fine(format!(
        "{}, {}, {}",
        count(record.servers.len(), "server", "servers"),
        count(record.addresses.len(), "address", "addresses"),
        count(networks.len(), "network", "networks")
    ))
}

pub(super) fn serving(seen: &Seen<'_>) -> (State, String) {
    let record = seen.record;
    let (all, serving) = (record.addresses.len(), record.serving().count());
    let unreachable = all - reachable(record).count();
    let lame: Vec<_> = reachable(record)
        .filter_map(|address| {
            Some(format!(
                "{}: {}",
                record.place(address),
                authority::lame(record, address)?.why
            ))
        })
        .collect();
    let rest = match unreachable {
        0 => String::new(),
        number => format!("; {number} without a route from here"),
    };
    match lame.first() {
        Some(first) => (
            State::Found(Severity::Notice),
            format!("{serving} of {all} addresses serve the zone; {first}"),
        ),
        None if serving == 0 => unmeasured(format!("no address could be asked{rest}")),
        None => fine(format!(
            "{serving} of {} serve the zone{rest}",
            count(all, "address", "addresses")
        )),
    }
}

pub(super) fn recursion(seen: &Seen<'_>) -> (State, String) {
    let open: Vec<String> = seen
        .record
        .addresses
        .iter()
        .filter(|address| authority::recurses(address))
        .map(|address| seen.record.place(address))
        .collect();
    let asked = seen
        .record
        .addresses
        .iter()
        .any(|address| heard(address, &Probe::Recursion));
    match open.as_slice() {
        [] if !asked => unmeasured(NOT_ASKED),
        [] => fine("refused to strangers"),
        open => (
            State::Found(Severity::Info),
            format!("open to strangers: {}", open.join(", ")),
        ),
    }
}

pub(super) fn takes_edns(seen: &Seen<'_>) -> (State, String) {
    let serving = || seen.record.serving();
    if !serving().any(|address| heard(address, &Probe::Version)) {
        return unmeasured(NOT_ASKED);
    }
    let ignored =
        serving().filter(|address| edns::taken(address, &Probe::Soa) == edns::Taken::Ignored);
    match ignored.count() {
        0 => fine("options, flags and versions are taken as RFC 8906 says"),
        number => fine(format!(
            "ignored by {}: old, but lawful",
            count(number, "address", "addresses")
        )),
    }
}

pub(super) fn takes_tcp(seen: &Seen<'_>) -> (State, String) {
    match seen.record.serving().count() {
        0 => unmeasured("no server to ask"),
        _ => fine("answers on every address that serves"),
    }
}

pub(super) fn large_answers(seen: &Seen<'_>) -> (State, String) {
    let mut arrived = None;
    let mut cut = None;
    for address in seen.record.serving() {
        match transport::large(address) {
            Large::Arrive(size) => arrived = arrived.max(Some(size)),
            Large::Cut(size) => cut = cut.max(Some(size)),
            Large::None | Large::Vanish { .. } => {}
        }
    }
    match (arrived, cut) {
        (Some(size), _) => fine(format!("{size} bytes arrive in one answer over UDP")),
        (None, Some(_)) => fine("cut to what one packet holds, the whole over TCP"),
        (None, None)
            if !seen
                .record
                .serving()
                .any(|address| has_apex(address, "DNSKEY")) =>
        {
            unmeasured(NOT_ASKED)
        }
        (None, None) => fine("none: everything at the apex fits one packet"),
    }
}

pub(super) fn serial(seen: &Seen<'_>) -> (State, String) {
    match serials::seen(seen.record) {
        serials::Serials::None => unmeasured("no server told its serial"),
        serials::Serials::Equal { serial } => fine(format!("{serial} everywhere")),
        serials::Serials::ByOperator { primaries } => {
            fine(format!("one per operator ({})", primaries.join(", ")))
        }
        serials::Serials::Differ { newest, older } => {
            let behind: Vec<String> = older
                .iter()
                .map(|(place, serial)| format!("{place} has {serial}"))
                .collect();
            (
                State::Found(Severity::Notice),
                format!("newest {newest}; {}", behind.join(", ")),
            )
        }
    }
}

pub(super) fn same_data(seen: &Seen<'_>) -> (State, String) {
    let asked = seen
        .record
        .serving()
        .filter(|address| has_apex(address, "NS"));
    if asked.count() < 2 {
        return unmeasured("fewer than two addresses to compare");
    }
    match seen.record.differing_types().as_slice() {
        [] => fine("every server has the same records at the apex"),
        some => (
            State::Found(Severity::Notice),
            format!("servers differ in {}", some.join(", ")),
        ),
    }
}

pub(super) fn apex(seen: &Seen<'_>) -> (State, String) {
    match seen
        .record
        .serving()
        .any(|address| has_apex(address, "CNAME"))
    {
        true => fine("no CNAME beside SOA and NS"),
        false => unmeasured(NOT_ASKED),
    }
}

pub(super) fn ttl(seen: &Seen<'_>) -> (State, String) {
    let addresses = |address: &CheckedAddress| {
        ["A", "AAAA"].iter().any(|kind| {
            let reply = address.apex(kind).and_then(|exchange| exchange.reply());
            reply.is_some_and(|reply| !reply.answer.is_empty())
        })
    };
    match seen.record.samples.is_some() || seen.record.serving().any(addresses) {
        true => fine("addresses live between 30 s and a day"),
        false => unmeasured("no addresses"),
    }
}

pub(super) fn wildcard(seen: &Seen<'_>) -> (State, String) {
    match seen
        .record
        .serving()
        .any(|address| heard(address, &Probe::Random))
    {
        true => fine("names that nobody made do not exist"),
        false => unmeasured(NOT_ASKED),
    }
}

pub(super) fn balancing(seen: &Seen<'_>) -> (State, String) {
    let Some(samples) = &seen.record.samples else {
        return unmeasured("no addresses to sample");
    };
    match balance::seen(samples) {
        Some(balanced) => fine(format!(
            "{}: {}",
            samples.name.escaped(),
            balanced.in_words()
        )),
        None => unmeasured("too few answers"),
    }
}

const NOT_ASKED: &str = "not asked, or no answer";

/// Whether a question for this purpose got an answer.
fn heard(address: &CheckedAddress, probe: &Probe) -> bool {
    address
        .probe(probe)
        .is_some_and(|exchange| exchange.reply().is_some())
}

fn has_apex(address: &CheckedAddress, record_type: &str) -> bool {
    address
        .apex(record_type)
        .is_some_and(|exchange| exchange.reply().is_some())
}
