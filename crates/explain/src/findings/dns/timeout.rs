//! dns-timeout: no resolver answers.

use netwhy_report::{Failure, Layer, Report};

use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-timeout",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "no resolver answers: nothing can be resolved",
    what: "Every question went out and nothing came back from any resolver within the budget.",
    why: "DNS over UDP has no connection: a question that a firewall drops, a resolver that is down and a route that leads nowhere all look like silence. glibc waits 5 s per try, so applications hang before they fail.",
    fix: "Check that the resolver runs and that UDP and TCP port 53 are open to it; meanwhile point resolv.conf at one that answers.",
    confirm: "dig @SERVER HOST; dig +tcp @SERVER HOST; ping SERVER",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let silent = record
            .queries
            .iter()
            .any(|query| matches!(query.step.failure(), Some(Failure::TimedOut { .. })));
        silent && record.answers().next().is_none()
    })?;
    let mut confirm = vec![dig(endpoint.host, record.queries.last(), "")];
    confirm.push(dig(endpoint.host, record.queries.last(), " +tcp"));
    Some(Evidence {
        severity: None,
        headline: Some(format!(
            "none of the {} resolvers answers about {}",
            record.servers().len(),
            endpoint.host
        )),
        facts: lines(record),
        fix: "check that the resolver runs and that port 53 is open to it, or use one that answers"
            .to_owned(),
        confirm,
        confidence: Confidence::High,
        refute: "`dig` to the same server from this host gets an answer".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::specimen;

    fn silence() -> Result<netwhy_report::dns::DnsAnswer, Failure> {
        Err(Failure::TimedOut {
            after: Duration::from_secs(2),
        })
    }

    #[test]
    fn fires_on_silence() {
        assert!(check(&specimen::unresolved(&silence())).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_one_resolver_answers() {
        let mut report = specimen::healthy();
        specimen::second_resolver(&mut report, &silence());
        assert!(check(&report).is_none());
    }
}
