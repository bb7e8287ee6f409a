//! dns-edns-broken: queries with EDNS fail, plain ones work.

use netwhy_report::dns::DnsTry;
use netwhy_report::{Layer, Report};

use super::{edns_checked, tries};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-edns-broken",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "the server rejects EDNS and answers only plain queries: no DNSSEC, no large answers, one more round trip each time",
    what: "\
A query with an OPT record (EDNS, RFC 6891) was answered with FORMERR, NOTIMP or BADVERS, or not at all; the same query without it got an answer.",
    why: "\
EDNS carries the size of datagrams, the wish for signatures (DO), cookies and extended errors. A server that does not know it should ignore the record or say FORMERR once; since
2019 resolvers no longer work around servers that are silent instead (DNS flag day). What a rejecting server costs:
- every question is asked twice, unless the resolver remembers the server;
- answers over 512 bytes must come over TCP;
- signatures cannot be fetched: a zone with a DS record at its parent is bogus for validating resolvers, so its names vanish (SERVFAIL).

It is mostly an old appliance, a load balancer that speaks DNS, or a firewall with \"DNS inspection\" that knows the message of 1987 only.",
    fix: "\
Upgrade the server or the box in front of it. On firewalls, let OPT records and datagrams above 512 bytes pass:
  Cisco ASA   policy-map type inspect dns: message-length maximum client auto; message-length maximum 4096
  Juniper     set security alg dns maximum-message-length 8192
Until then, tell the resolver: Unbound has no switch, BIND `server ADDRESS { edns no; };`.",
    confirm: "\
dig HOST @SERVER
dig +noedns HOST @SERVER
dig +edns=1 +noednsnegotiation HOST @SERVER    (BADVERS is right)
dig +ednsopt=100 HOST @SERVER                  (an option that nobody has: RFC 8906)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    edns_checked::check(report).or_else(|| asked_twice(report))
}

fn asked_twice(report: &Report) -> Option<Evidence> {
    let rejecting: Vec<_> = tries::all(report)
        .into_iter()
        .filter(|tries| rejected(tries.tries))
        .collect();
    let first = rejecting.first()?;
    let mut facts: Vec<String> = rejecting
        .iter()
        .map(|tries| format!("{}: rejected with EDNS, answered without", tries.asked))
        .collect();
    facts.dedup();
    Some(Evidence {
        hop: None,
        severity: None,
        headline: None,
        facts,
        fix: "upgrade the server or the box in front of it, so that OPT records pass".to_owned(),
        confirm: vec![first.command.clone(), format!("{} +noedns", first.command)],
        confidence: Confidence::High,
        refute: "the first of the two commands gets an answer".to_owned(),
    })
}

/// Whether a completed try with EDNS was followed by a completed one without.
fn rejected(tries: &[DnsTry]) -> bool {
    let completed = |one: &DnsTry| one.step.value().is_some();
    tries
        .windows(2)
        .any(|pair| pair[0].edns && completed(&pair[0]) && !pair[1].edns && completed(&pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::{Failure, Step};
    use std::time::Duration;

    use crate::specimen;

    fn then(edns: bool, step: Step<u32>) -> Report {
        let mut exchange = specimen::reply("A", 0, &["192.0.2.1"]);
        let mut second = exchange.tries[0].clone();
        second.edns = edns;
        second.step = step;
        exchange.tries.push(second);
        specimen::lookup(vec![exchange])
    }

    fn answered() -> Step<u32> {
        Step::completed(Duration::ZERO, Duration::ZERO, 60)
    }

    #[test]
    fn fires_when_the_plain_query_got_the_answer() {
        assert!(check(&then(false, answered())).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_an_answer_that_was_cut_and_asked_for_again_over_tcp() {
        assert!(check(&then(true, answered())).is_none());
        let failure = Failure::TimedOut {
            after: Duration::ZERO,
        };
        let silent = Step::failed(Duration::ZERO, Duration::ZERO, failure);
        assert!(check(&then(false, silent)).is_none());
    }
}
