//! dns-name-missing: the name does not exist.

use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-name-missing",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the name does not exist: no client can reach it",
    what: "Every server that answered says NXDOMAIN: neither this name nor anything below it exists.",
    why: "NXDOMAIN (RFC 1035 section 4.1.1, RFC 8020) comes from the authority of the zone, so no resolver can know better. It is cached for the lesser of the SOA TTL and its MINIMUM (RFC 2308), so a record that was just added may stay invisible for that long. Typical causes: a typo, a record deleted by a deployment, a zone that expired or is not delegated.",
    fix: "Check the spelling, then add the record in the zone (www 300 IN A 192.0.2.10), raise the SOA serial, and wait for the negative TTL.",
    confirm: "dig HOST; dig +trace HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty() && answers.iter().all(|answer| answer.rcode == rcode::NXDOMAIN)
    })?;
    Some(Evidence {
        severity: None,
        headline: Some(format!("{} does not exist (NXDOMAIN)", endpoint.host)),
        facts: lines(record),
        fix: "check the spelling, or add the record to the zone and wait for the negative TTL"
            .to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), "")],
        confidence: Confidence::High,
        refute: "an authority of the zone answers with an address".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_for_a_name_that_every_server_denies() {
        assert!(check(&specimen::unresolved(&Ok(answer(3, "NXDOMAIN", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_name_without_addresses_exists() {
        assert!(check(&specimen::unresolved(&Ok(answer(0, "NOERROR", &[])))).is_none());
    }
}
