//! dns-ttl-low: addresses may be kept for seconds only.

use netwhy_report::{Layer, Report};

use super::ttls::{address_ttls, confirm};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

/// Below this many seconds most lookups of an interactive client meet an empty cache.
const LOW: u32 = 30;

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-ttl-low",
    layer: Layer::Dns,
    severity: Severity::Info,
    headline: "addresses may be kept for less than 30 seconds: nearly every connection waits for DNS",
    what: "\
The authority gives the addresses of a name with a TTL below 30 seconds.",
    why: "\
The TTL says how long a resolver may answer from memory (RFC 1035 section 3.2.1, RFC 2181 section 8). Below half a minute nearly every new connection pays a
lookup from scratch, the authority sees many times the queries, and its shortest outage is felt at once. It is meant where a load balancer moves traffic by DNS, or before a
planned move; resolvers may raise very low values, so it promises less than it seems.",
    fix: "\
60 to 300 seconds serve fail-over by DNS just as well; an hour or more where addresses do not move. Lower it only for the time of a change, one old TTL ahead.",
    confirm: "\
dig +norec @ZONE-SERVER HOST A    (the second column)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let ttls = address_ttls(report);
    let low: Vec<_> = ttls.into_iter().filter(|one| one.ttl < LOW).collect();
    let first = low.first()?;
    Some(Evidence {
        hop: super::traced::hop(report),
        severity: None,
        headline: Some(format!(
            "{} may be kept for {} s only",
            first.name, first.ttl
        )),
        facts: low.iter().map(super::ttls::Ttl::in_words).collect(),
        fix: format!(
            "raise the TTL of {} to 60 s or more, unless a change is near",
            first.name
        ),
        confirm: vec![confirm(first)],
        confidence: Confidence::High,
        refute: "the authority's answer has a TTL of 30 s or more".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{answers, report, ttl};

    #[test]
    fn fires_below_30_seconds() {
        let report = report(|record| {
            answers(record, 0, "A", &["203.0.113.1"]);
            ttl(record, 0, "A", 29);
        });
        assert!(check(&report).unwrap().facts[0].contains("29 s"));
    }

    #[test]
    fn silent_without_addresses() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_30_seconds() {
        let report = report(|record| {
            answers(record, 0, "A", &["203.0.113.1"]);
            ttl(record, 0, "A", 30);
        });
        assert!(check(&report).is_none());
    }
}
