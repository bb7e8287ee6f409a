//! dns-no-address: the name exists, but has no address.

use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-no-address",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the name exists, but has neither an A nor an AAAA record",
    what: "The servers answer NOERROR with no address: the name exists, perhaps with MX or TXT records or names below it.",
    why: "A client needs an A or AAAA record to connect. NODATA (RFC 2308 section 2.2) is what a server says when the name is there and the type is not; like NXDOMAIN it is cached for the negative TTL. Typical causes: only www has an address and the bare domain has none, a CNAME to a name without addresses, a deleted record.",
    fix: "Add an A and, if the service has IPv6, an AAAA record at this name, or use the name that has one.",
    confirm: "dig HOST A; dig HOST AAAA; dig HOST ANY",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty()
            && answers.iter().any(|answer| answer.rcode == rcode::NOERROR)
            && answers
                .iter()
                .all(|answer| matches!(answer.rcode, rcode::NOERROR | rcode::NXDOMAIN))
    })?;
    Some(Evidence {
        severity: None,
        headline: Some(format!(
            "{} has no address (neither A nor AAAA)",
            endpoint.host
        )),
        facts: lines(record),
        fix: "add an A or AAAA record at this name, or use the name that has one".to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), "")],
        confidence: Confidence::High,
        refute: "an authority of the zone answers with an A or AAAA record".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_for_an_empty_answer() {
        assert!(check(&specimen::unresolved(&Ok(answer(0, "NOERROR", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_name_that_does_not_exist() {
        assert!(check(&specimen::unresolved(&Ok(answer(3, "NXDOMAIN", &[])))).is_none());
    }
}
