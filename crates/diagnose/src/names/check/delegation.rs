//! The name servers of a zone: the parent's list and glue, the zone's own list, and every address of theirs.

use std::net::{IpAddr, SocketAddr};

use netwhy_report::Untrusted;
use netwhy_report::dns::check::{
    CheckProbe, CheckRecord, CheckedAddress, CheckedServer, DelegatedBy, OwnFrom, Probe, is_below,
    records_of, same_name,
};
use netwhy_report::dns::message::DnsMessage;
use netwhy_report::dns::trace::{Said, StepPurpose, TraceEnd, TraceRecord};

use super::asking::Asker;
use super::{all, server};

/// Name servers of one zone that are looked at.
const SERVERS: usize = 26;
/// Addresses of one server that are kept.
const PER_SERVER: usize = 8;

/// Whom the parent refers to, with the server that says so, and whether a DS record came along.
pub(super) fn referral(
    walk: &TraceRecord,
    zone: &Untrusted,
) -> Option<(Untrusted, SocketAddr, bool)> {
    walk.steps
        .iter()
        .filter(|step| step.purpose == StepPurpose::Answer)
        .find_map(|step| {
            let exchange = step.followed()?;
            let signed = match &exchange.said {
                Some(Said::Referral { child, signed, .. }) if same_name(child, zone) => *signed,
                _ => return None,
            };
            Some((step.zone.clone(), exchange.exchange.address?, signed))
        })
}

/// The message of that referral.
fn referring<'run>(walk: &'run TraceRecord, zone: &Untrusted) -> Option<&'run DnsMessage> {
    let (_, server, _) = referral(walk, zone)?;
    walk.steps.iter().filter_map(|step| step.followed()).find_map(|exchange| {
        let refers = matches!(&exchange.said, Some(Said::Referral { child, .. }) if same_name(child, zone));
        let message = exchange.exchange.reply()?;
        (refers && exchange.exchange.address == Some(server)).then_some(message)
    })
}

/// The zone that a "no such record" speaks for.
pub(super) fn soa_owner(walk: &TraceRecord) -> Option<Untrusted> {
    let step = walk
        .steps
        .iter()
        .rev()
        .find(|step| step.purpose == StepPurpose::Answer)?;
    let message = step.followed()?.exchange.reply()?;
    let soa = message
        .authority
        .iter()
        .find(|record| record.record_type == "SOA")?;
    Some(soa.name.clone())
}

/// Whether no root server could be reached.
pub(super) fn root_is_out_of_reach(walk: &TraceRecord) -> bool {
    matches!(&walk.end, TraceEnd::Silent { zone } | TraceEnd::Unreachable { zone } | TraceEnd::Lame { zone }
        | TraceEnd::NoAddress { zone } if *zone == Untrusted::from("."))
}

/// What is known of the servers while they are being gathered.
pub(super) struct Servers {
    /// How many of [`CheckRecord::addresses`] were greeted.
    greeted: usize,
}

impl Servers {
    /// The parent's list; the resolvers' where the root is out of reach.
    pub(super) async fn delegated(
        asker: &Asker<'_>,
        walk: &TraceRecord,
        record: &mut CheckRecord,
    ) -> Self {
        if let Some(message) = referring(walk, &record.zone) {
            let listed = message
                .authority
                .iter()
                .filter(|one| one.record_type == "NS" && same_name(&one.name, &record.zone));
            for one in listed {
                let glue = addresses_of(message, &one.data);
                add_server(&mut record.servers, &one.data, true, glue);
            }
        } else if root_is_out_of_reach(walk) {
            record.delegated_by = DelegatedBy::Resolvers;
            for name in asker.resolved(&record.zone, "NS").await {
                add_server(&mut record.servers, &name, false, Vec::new());
            }
        } else {
            // One server for both sides: what it says of the zone is all there is.
            let last = walk
                .steps
                .iter()
                .rev()
                .find(|step| step.purpose == StepPurpose::Answer);
            for server in last.iter().flat_map(|step| &step.servers) {
                let addresses = server.addresses.iter().map(|address| address.address.ip());
                for address in addresses.take(PER_SERVER) {
                    let socket = SocketAddr::new(address, asker.plan.trace.port);
                    add_address(asker, record, socket, None);
                }
            }
        }
        let servers = Self { greeted: 0 };
        find_elsewhere(asker, record).await;
        place(asker, record);
        servers
    }

    /// Asks every new address for SOA and NS.
    pub(super) async fn greet(&mut self, asker: &Asker<'_>, record: &mut CheckRecord) {
        let new = &record.addresses[self.greeted..];
        let zone = &record.zone;
        let told = all(new
            .iter()
            .map(|address| server::greet(asker, zone, address)))
        .await;
        for (address, probes) in record.addresses[self.greeted..].iter_mut().zip(told) {
            address.probes = probes;
        }
        self.greeted = record.addresses.len();
    }

    /// The servers that only the zone lists, and the addresses that the zone gives those inside it.
    pub(super) async fn add_the_zones_own(&mut self, asker: &Asker<'_>, record: &mut CheckRecord) {
        let mut listed: Vec<Untrusted> = Vec::new();
        for address in record.serving() {
            let reply = address.apex("NS").and_then(|exchange| exchange.reply());
            let reply = reply.filter(|reply| reply.flags.authoritative);
            for one in reply
                .iter()
                .flat_map(|reply| records_of(reply, &record.zone, "NS"))
            {
                if !listed.iter().any(|name| same_name(name, &one.data)) {
                    listed.push(one.data.clone());
                }
            }
        }
        for name in &listed {
            add_server(&mut record.servers, name, false, Vec::new());
        }
        for server in &mut record.servers {
            server.at_zone = listed.iter().any(|name| same_name(name, &server.name));
        }
        find_inside(asker, record).await;
        find_elsewhere(asker, record).await;
        place(asker, record);
        self.greet(asker, record).await;
    }
}

fn addresses_of(message: &DnsMessage, owner: &Untrusted) -> Vec<IpAddr> {
    let sections = message.answer.iter().chain(&message.additional);
    let of_the_owner = sections.filter(|record| {
        matches!(record.record_type.as_str(), "A" | "AAAA") && same_name(&record.name, owner)
    });
    let mut addresses: Vec<IpAddr> = of_the_owner
        .filter_map(|record| record.data.raw_text()?.parse().ok())
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(PER_SERVER);
    addresses
}

fn add_server(
    servers: &mut Vec<CheckedServer>,
    name: &Untrusted,
    at_parent: bool,
    glue: Vec<IpAddr>,
) {
    let known = servers.iter().any(|server| same_name(&server.name, name));
    if !known && servers.len() < SERVERS {
        servers.push(CheckedServer {
            name: name.clone(),
            at_parent,
            at_zone: false,
            glue,
            own: Vec::new(),
            own_from: None,
        });
    }
}

/// The addresses that the zone itself gives the servers inside it.
async fn find_inside(asker: &Asker<'_>, record: &mut CheckRecord) {
    let Some((authority, manner)) = record
        .serving()
        .next()
        .map(|address| (address.address, server::suitable(address)))
    else {
        return;
    };
    let manner = &manner;
    let zone = record.zone.clone();
    let inside: Vec<usize> = (0..record.servers.len())
        .filter(|index| is_below(&record.servers[*index].name, &zone))
        .collect();
    let questions = inside.iter().flat_map(|index| {
        let name = &record.servers[*index].name;
        ["A", "AAAA"].map(|record_type| async move {
            let manner = manner.clone();
            (
                *index,
                asker.ask(authority, name, record_type, manner).await,
            )
        })
    });
    for (index, exchange) in all(questions).await {
        let Some(exchange) = exchange else { continue };
        let server = &mut record.servers[index];
        if let Some(reply) = exchange.reply() {
            add_own(server, reply);
            server.own_from = Some(OwnFrom::Zone);
        }
        record.names.push(CheckProbe {
            probe: Probe::ServerAddress,
            exchange,
        });
    }
}

/// The addresses of servers whose names lie elsewhere.
async fn find_elsewhere(asker: &Asker<'_>, record: &mut CheckRecord) {
    let zone = record.zone.clone();
    let outside: Vec<usize> = (0..record.servers.len())
        .filter(|index| {
            let server = &record.servers[*index];
            server.own_from.is_none() && !is_below(&server.name, &zone)
        })
        .collect();
    let questions = outside.iter().flat_map(|index| {
        let name = &record.servers[*index].name;
        ["A", "AAAA"].map(|record_type| async move {
            (*index, asker.ask_elsewhere(name, record_type).await)
        })
    });
    for (index, exchange) in all(questions).await {
        let Some(exchange) = exchange else { continue };
        let server = &mut record.servers[index];
        if let Some(reply) = exchange.reply() {
            // An alias is not followed: the name of a server may not be one (RFC 2181 section 10.3).
            add_own(server, reply);
            server.own_from = Some(OwnFrom::Elsewhere);
        }
        record.names.push(CheckProbe {
            probe: Probe::Elsewhere,
            exchange,
        });
    }
}

fn add_own(server: &mut CheckedServer, reply: &DnsMessage) {
    server.own.extend(addresses_of(reply, &server.name));
    server.own.sort_unstable();
    server.own.dedup();
}

/// Gives every address of every server its place among those to ask.
fn place(asker: &Asker<'_>, record: &mut CheckRecord) {
    let pairs: Vec<(usize, IpAddr)> = record
        .servers
        .iter()
        .enumerate()
        .flat_map(|(index, server)| {
            let addresses = server.glue.iter().chain(&server.own);
            addresses.map(move |address| (index, *address))
        })
        .collect();
    for (index, address) in pairs {
        let socket = SocketAddr::new(address, asker.plan.trace.port);
        add_address(asker, record, socket, Some(index));
    }
}

fn add_address(
    asker: &Asker<'_>,
    record: &mut CheckRecord,
    socket: SocketAddr,
    server: Option<usize>,
) {
    let plan = asker.plan;
    if plan
        .tcp
        .family
        .is_some_and(|family| !family.includes(socket.ip()))
    {
        return;
    }
    if let Some(known) = record
        .addresses
        .iter_mut()
        .find(|one| one.address == socket)
    {
        let new = server.filter(|server| !known.servers.contains(server));
        known.servers.extend(new);
    } else if record.addresses.len() < plan.budgets.check_addresses {
        record.addresses.push(CheckedAddress {
            address: socket,
            servers: server.into_iter().collect(),
            unreachable: false,
            probes: Vec::new(),
        });
    }
}
