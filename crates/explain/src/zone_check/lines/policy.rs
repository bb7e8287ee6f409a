//! The facts about DNSSEC, mail and certificate authorities, where no finding has more to say.

use netwhy_report::Untrusted;
use netwhy_report::dns::check::caa::{CaaSet, deciding};
use netwhy_report::dns::check::spf;
use netwhy_report::dns::proof::Security;

use super::{Seen, State, count, fine, unmeasured};
use crate::finding::Severity;
use crate::zone_check::mail;

pub(super) fn chain(seen: &Seen<'_>) -> (State, String) {
    let security = seen.walk.and_then(|walk| walk.security.as_ref());
    match security.map(|security| security.security) {
        None => unmeasured("not asked for"),
        Some(Security::Secure) => fine("secure from the root down to the SOA record"),
        Some(Security::Insecure) => unmeasured("not signed: the parent proves that there is no DS"),
        Some(Security::Bogus) => {
            let zone = security
                .and_then(|security| security.zone.as_ref())
                .map(Untrusted::escaped);
            (
                State::Found(Severity::Error),
                format!("bogus at {}", zone.unwrap_or_default()),
            )
        }
        Some(Security::Indeterminate) => unmeasured("cannot be proven from the trust anchor"),
    }
}

pub(super) fn denial(seen: &Seen<'_>) -> (State, String) {
    let walk = seen.record.denial.as_deref();
    match walk
        .and_then(|walk| walk.security.as_ref())
        .map(|security| security.security)
    {
        None => unmeasured("not signed"),
        Some(Security::Secure) => fine("a name that does not exist is proven so"),
        Some(Security::Bogus) => (State::Found(Severity::Error), "the proof fails".to_owned()),
        Some(Security::Insecure | Security::Indeterminate) => {
            unmeasured("nothing is proven (opt-out, or no answer)")
        }
    }
}

pub(super) fn algorithms(seen: &Seen<'_>) -> (State, String) {
    let steps = seen
        .walk
        .into_iter()
        .flat_map(|walk| walk.steps.iter().rev());
    let mut of_the_zone = steps.filter(|step| step.zone == seen.record.zone);
    let keys = of_the_zone.find_map(|step| step.proof.as_ref()?.keys.as_ref());
    let mut names: Vec<String> = keys
        .iter()
        .flat_map(|keys| &keys.keys)
        .map(|key| key.algorithm.name.clone())
        .collect();
    names.dedup();
    match names.as_slice() {
        [] => unmeasured("not signed"),
        names => fine(names.join(", ")),
    }
}

pub(super) fn mx(seen: &Seen<'_>) -> (State, String) {
    match mail::mail_servers(seen.record).as_deref() {
        None => unmeasured("no answer"),
        Some([]) => fine("none: mail goes to the zone's own address, if it has one"),
        Some([(_, only)]) if *only == Untrusted::from(".") => fine("takes no mail (RFC 7505)"),
        Some(servers) => {
            let names: Vec<String> = servers
                .iter()
                .take(3)
                .map(|(_, name)| name.escaped())
                .collect();
            fine(format!(
                "{}: {}",
                count(servers.len(), "server", "servers"),
                names.join(", ")
            ))
        }
    }
}

pub(super) fn spf_line(seen: &Seen<'_>) -> (State, String) {
    match mail::spf_records(seen.record).as_deref() {
        None => unmeasured("no answer"),
        Some([]) => unmeasured("none"),
        Some([text, ..]) => {
            let lookups = mail::spf_cost(seen.record).map_or(0, |cost| cost.lookups);
            let last = spf::terms(text)
                .unwrap_or_default()
                .into_iter()
                .rev()
                .find(|term| term.name == "all" && !term.modifier);
            let end = last.map_or_else(
                || "no all".to_owned(),
                |term| format!("{}all", term.qualifier),
            );
            fine(format!("{lookups} of {} lookups, {end}", spf::LOOKUPS))
        }
    }
}

pub(super) fn dmarc(seen: &Seen<'_>) -> (State, String) {
    match mail::dmarc_records(seen.record).as_deref() {
        None => unmeasured("no answer"),
        Some([]) => unmeasured("none"),
        Some([text, ..]) => {
            let policy = text
                .split(';')
                .find_map(|tag| tag.trim().strip_prefix("p="));
            fine(format!("p={}", policy.unwrap_or("none")))
        }
    }
}

pub(super) fn caa(seen: &Seen<'_>) -> (State, String) {
    let Some(caa) = &seen.record.caa else {
        return unmeasured("no answer");
    };
    match caa.effective() {
        CaaSet::Failed { at } => (
            State::Found(Severity::Notice),
            format!(
                "{} gave no answer: authorities must not issue then",
                at.question.name.escaped()
            ),
        ),
        CaaSet::Unbound => fine("none: every authority may issue"),
        CaaSet::Found { owner, properties } => {
            let deciding = deciding(&properties, false);
            let allowed: Vec<String> = deciding.iter().filter_map(|one| one.issuer()).collect();
            let whom = match (deciding.is_empty(), allowed.is_empty()) {
                (true, _) => "every authority may issue".to_owned(),
                (false, true) => "no authority may issue".to_owned(),
                (false, false) => format!("{} may issue", allowed.join(", ")),
            };
            fine(format!("{whom} (set at {})", owner.escaped()))
        }
    }
}
