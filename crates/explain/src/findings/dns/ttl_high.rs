//! dns-ttl-high: addresses may be kept for longer than a day.

use netwhy_report::{Layer, Report};

use super::ttls::{address_ttls, confirm};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

/// Above a day, in seconds, a change takes more than a day to arrive.
const HIGH: u32 = 86_400;

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-ttl-high",
    layer: Layer::Dns,
    severity: Severity::Info,
    headline: "addresses may be kept for more than a day: after a change some clients go to the old place for as long",
    what: "\
The authority gives the addresses of a name with a TTL above 86,400 seconds.",
    why: "\
Every resolver that has asked keeps the answer for the whole TTL (many cap it at a day or a week), and nobody can call it back. When the machine behind the
address fails or moves, its clients stay with the old one for that long.",
    fix: "\
For addresses, one hour is a sound value, a day the most. Before a move, lower the TTL to 300 and wait for the old TTL to pass; then change the address.",
    confirm: "\
dig +norec @ZONE-SERVER HOST A    (the second column)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let ttls = address_ttls(report);
    let high: Vec<_> = ttls.into_iter().filter(|one| one.ttl > HIGH).collect();
    let first = high.first()?;
    Some(Evidence {
        hop: super::traced::hop(report),
        severity: None,
        headline: Some(format!(
            "{} may be kept for {} days",
            first.name,
            first.ttl / HIGH
        )),
        facts: high.iter().map(super::ttls::Ttl::in_words).collect(),
        fix: format!(
            "lower the TTL of {} to an hour, or a day at most",
            first.name
        ),
        confirm: vec![confirm(first)],
        confidence: Confidence::High,
        refute: "the authority's answer has a TTL of a day or less".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{answers, report, ttl};

    #[test]
    fn fires_above_a_day() {
        let report = report(|record| {
            answers(record, 0, "A", &["203.0.113.1"]);
            ttl(record, 0, "A", 2_592_000);
        });
        assert!(
            check(&report)
                .unwrap()
                .headline
                .unwrap()
                .contains("30 days")
        );
    }

    #[test]
    fn silent_without_addresses() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_a_day() {
        let report = report(|record| {
            answers(record, 0, "A", &["203.0.113.1"]);
            ttl(record, 0, "A", 86_400);
        });
        assert!(check(&report).is_none());
    }
}
