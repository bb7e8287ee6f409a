//! dns-negative-cached: a resolver remembers that the name was not there.

use netwhy_report::{Layer, Report};

use crate::compare::{Kind, bare, dig, hop, moment, of_kind, server, servers, set, sets, severity};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-negative-cached",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "a resolver remembers that this name was not there: the new record is invisible behind it until the \"no\" expires",
    what: "\
The authorities have the record. A resolver says that there is none: somebody asked it before the record was made, and it keeps the \"no\" as it keeps any
answer.",
    why: "\
A \"no such name\" or \"no such record\" is cached for the lesser of the SOA record's TTL and its last number, MINIMUM (RFC 2308 section 5); resolvers cap it,
mostly at 1 to 3 hours. The clock starts with the first question, not with the change: a monitoring job or a deployment that asks for the name a second too
early starts it. NXDOMAIN is worse than a missing type: it covers every type of the name and, with RFC 8020, every name below it.",
    fix: "\
Wait until the time in the evidence, or flush the name where the resolver is yours:
  unbound     unbound-control flush HOST; unbound-control flush_negative
  BIND        rndc flushname HOST
  systemd     resolvectl flush-caches
  macOS       sudo dscacheutil -flushcache; sudo killall -HUP mDNSResponder

Next time make the record first and ask afterwards. Where new names are frequent lower MINIMUM and the SOA's own TTL, both: 300 is plenty.",
    confirm: "\
dig HOST @RESOLVER            (the SOA in the authority section: its TTL falls)
dig +norec HOST @AUTHORITY    (the record)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| *kind == Kind::NegativeCached)?;
    let difference = differences.first()?;
    let mut facts = Vec::new();
    let mut last = None;
    for one in &difference.who {
        for no in &difference.odd {
            let Some(told) = one.saying(no).last() else {
                continue;
            };
            let until = one.until(no);
            last = last.max(until);
            let left = match (told.ttl, until) {
                (Some(ttl), Some(until)) => format!(
                    ", {ttl} s left (the lesser of the SOA's TTL and MINIMUM), until {}",
                    moment(report.started_at, until)
                ),
                _ => String::new(),
            };
            facts.push(format!("{}: {}{left}", server(one.server), set(no)));
        }
    }
    facts.push(format!("the authorities say {}", sets(&difference.others)));
    let last = last.map(|offset| moment(report.started_at, offset));
    let name = bare(&view.link.name);
    let until = last.unwrap_or_else(|| "the \"no\" expires".to_owned());
    let right = view.authorities.iter().find(|one| !one.told.is_empty());
    Some(Evidence {
        hop: hop(report),
        severity: severity(report),
        headline: Some(format!(
            "{} does not know {name} yet: it remembers a \"no\" until {until}",
            servers(&difference.who)
        )),
        facts,
        fix: format!(
            "wait until {until}, or flush {name} there (unbound-control flush, rndc flushname, resolvectl flush-caches); ask for new names only after they are made"
        ),
        confirm: difference
            .who
            .iter()
            .take(2)
            .chain(right)
            .map(|one| dig(one.server, &view.link.name, view.record_type))
            .collect(),
        confidence: difference.confidence,
        refute: match difference.confidence {
            Confidence::High => {
                "the \"no\" comes back with its full time after the authorities were asked again"
            }
            _ => {
                "its time left does not count down: then the resolver filters, or sees another zone"
            }
        }
        .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::specimen::{self, Says};

    #[test]
    fn fires_for_a_remembered_no_and_counts_its_time() {
        let report = specimen::compared(
            &[("192.0.2.53", Says::missing(100))],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        );
        let evidence = check(&report).unwrap();
        assert!(
            evidence.facts[0].contains("98 s left"),
            "{:?}",
            evidence.facts
        );
        assert!(
            evidence
                .headline
                .unwrap()
                .contains("until 2026-11-24 12:01:4")
        );
        assert_eq!(evidence.confidence, Confidence::High);
    }

    #[test]
    fn silent_where_the_authorities_deny_it_too() {
        let report = specimen::compared(
            &[("192.0.2.53", Says::missing(100))],
            &[("192.0.2.1", Says::missing(300))],
        );
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_a_no_from_another_primary_is_another_view() {
        let report = specimen::compared(
            &[(
                "192.0.2.53",
                Says::missing(100).primary("inside.shop.test."),
            )],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        );
        assert!(check(&report).is_none());
    }
}
