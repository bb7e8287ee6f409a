//! dns-slow: resolution takes most of the time.

use std::time::Duration;

use netwhy_report::phases::{phases, total};
use netwhy_report::{Layer, Report};

use super::unresolved::{dig, lines};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-slow",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "name resolution takes a large part of the time",
    what: "The lookup took far longer than a round trip, so every connection that needs a fresh answer waits for DNS.",
    why: "A cached answer costs one round trip to the resolver. More means that the resolver had to walk the delegation, waits for a dead authority, is overloaded or far away. A low TTL brings the cost back every few seconds.",
    fix: "Use a resolver that is near and caches (a local Unbound or systemd-resolved); raise TTLs that are under a minute; repair authorities that time out.",
    confirm: "dig HOST (twice: the second answer comes from the cache); dig +trace HOST",
    check,
};

/// From here on a lookup is slow whatever else takes time.
const SLOW: Duration = Duration::from_millis(500);
/// Below this no share of the total makes a lookup slow.
const FLOOR: Duration = Duration::from_millis(100);

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, record, took) = report.endpoints().into_iter().find_map(|endpoint| {
        let record = endpoint.dns?;
        record.resolution.value()?;
        let took = record.resolution.duration?;
        let whole = total(&phases(&endpoint));
        let near = endpoint
            .tcp
            .and_then(netwhy_report::tcp::TcpRecord::round_trip)
            .is_some_and(|rtt| took <= rtt * 3);
        let slow = took >= SLOW || (took > FLOOR && took * 2 > whole);
        (slow && !near && !record.from_hosts()).then_some((endpoint, record, took))
    })?;
    let mut facts = vec![format!("resolution took {} ms", took.as_millis())];
    facts.extend(lines(record));
    Some(Evidence {
        severity: None,
        headline: Some(format!("resolving {} takes {} ms", endpoint.host, took.as_millis())),
        facts,
        fix: "use a caching resolver nearby, and repair what makes this one wait".to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), " | grep 'Query time'")],
        confidence: Confidence::Medium,
        refute: "`dig` to the same server answers in a few milliseconds, time after time: it was a cold cache".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Step;

    use crate::specimen;

    fn taking(milliseconds: u64) -> Report {
        let mut report = specimen::healthy();
        let record = specimen::dns(&mut report);
        let addresses = record.resolution.value().unwrap().clone();
        record.resolution = Step::completed(
            Duration::ZERO,
            Duration::from_millis(milliseconds),
            addresses,
        );
        report
    }

    #[test]
    fn fires_when_the_lookup_takes_most_of_a_second() {
        assert!(check(&taking(700)).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_share_of_little_is_little() {
        assert!(check(&taking(90)).is_none());
    }
}
