//! dns-refused: the resolver does not serve us.

use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-refused",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the resolver refuses to answer us",
    what: "The server answered REFUSED: it will not answer this question for this client.",
    why: "A recursive resolver refuses clients outside its access list, and an authoritative server refuses names that it does not serve (RFC 1035 section 4.1.1). The name itself may be fine. Typical causes: an authoritative server in resolv.conf, a resolver that serves other networks, a split-horizon view that does not match this address.",
    fix: "Use a resolver that serves this network, or let it in: Unbound access-control: 10.0.0.0/8 allow; BIND allow-recursion { 10.0.0.0/8; };",
    confirm: "dig @SERVER HOST; ip route get SERVER (the source address that its access list sees)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty() && answers.iter().all(|answer| answer.rcode == rcode::REFUSED)
    })?;
    Some(Evidence {
        severity: None,
        headline: Some(format!(
            "every resolver that answered refuses to resolve {} for us",
            endpoint.host
        )),
        facts: lines(record),
        fix: "use a resolver that serves this network, or add this network to its access list"
            .to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), "")],
        confidence: Confidence::High,
        refute: "the same question from this host gets an answer".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_when_every_answer_is_a_refusal() {
        assert!(check(&specimen::unresolved(&Ok(answer(5, "REFUSED", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_server_failure() {
        assert!(check(&specimen::unresolved(&Ok(answer(2, "SERVFAIL", &[])))).is_none());
    }
}
