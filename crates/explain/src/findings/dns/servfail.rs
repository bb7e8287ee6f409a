//! dns-servfail: the resolver cannot find an answer.

use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-servfail",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the resolver fails to find an answer (SERVFAIL): the zone is broken, or its signatures are",
    what: "The resolver answered SERVFAIL: it could not get an answer that it trusts from the zone.",
    why: "SERVFAIL is the resolver speaking for somebody else: no authority answered, all were lame (refused or not authoritative), or DNSSEC validation failed. Extended errors (RFC 8914) in the evidence say which, as the resolver sees it: 22 no reachable authority, 23 network error, 6 to 10 DNSSEC.",
    fix: "Ask again with +cd: if that works, DNSSEC is at fault (re-sign the zone, fix the DS at the parent). If not, ask each authority of the zone and repair the one that refuses or is silent.",
    confirm: "dig HOST; dig +cd HOST; dig +trace HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty()
            && answers.iter().any(|answer| answer.rcode == rcode::SERVFAIL)
            && answers.iter().all(|answer| answer.rcode != rcode::NXDOMAIN)
    })?;
    Some(Evidence {
        severity: None,
        headline: Some(format!("the resolver fails to resolve {} (SERVFAIL)", endpoint.host)),
        facts: lines(record),
        fix: "ask with +cd: if that works, repair DNSSEC; if not, ask each authority of the zone and repair the lame one".to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), "")],
        confidence: Confidence::Medium,
        refute: "another resolver answers with an address: then this resolver is at fault".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_for_a_server_failure() {
        assert!(check(&specimen::unresolved(&Ok(answer(2, "SERVFAIL", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_refusal() {
        assert!(check(&specimen::unresolved(&Ok(answer(5, "REFUSED", &[])))).is_none());
    }
}
