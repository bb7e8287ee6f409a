//! dns-stale-answer: a resolver still has the old records.

use netwhy_report::{Layer, Report};

use crate::compare::{
    Difference, Kind, LinkView, bare, dig, hop, moment, of_kind, server, servers, set, sets,
    severity,
};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-stale-answer",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "a resolver still serves the old records: its clients go to the old place until the copy expires",
    what: "\
Every authority of the zone gives one answer, and a resolver gives another one that no authority gives. Its TTL counts down: it is a copy from before
the change. Until it expires, everybody behind that resolver is sent where the record used to point.",
    why: "\
A resolver may keep a record for as long as its TTL said when it was fetched (RFC 1035 section 3.2.1, RFC 2181 section 8). Nothing tells it that the
record has changed; lowering the TTL afterwards does not reach copies that are already out. So after a change the old and the new answer live side by side
for the old TTL, at different resolvers for different times. A resolver that serves expired records when it cannot reach the authority (RFC 8767) keeps
them longer and marks them with extended error 3 or 19.

A DNSSEC signature does not help: it proves that a record is authentic, not that it is current.

One vantage point has a limit: an authority on anycast may answer by place without saying so (no client subnet in its reply). Then a resolver elsewhere
rightly has another answer. A copy that expires and is replaced by the authorities' answer was stale; one that comes back was a place.",
    fix: "\
Wait until the time in the evidence, or flush the name where the resolver is yours, the alias' target included:
  unbound     unbound-control flush HOST        (flush_zone ZONE for everything below)
  BIND        rndc flushname HOST               (rndc flushtree ZONE)
  systemd     resolvectl flush-caches
  macOS       sudo dscacheutil -flushcache; sudo killall -HUP mDNSResponder
  Knot        kresctl cache.clear HOST; PowerDNS: rec_control wipe-cache HOST
Public resolvers have flush pages (Google, Cloudflare). Keep the old place alive until the last copy has expired.

Before the next change lower the TTL to 60-300 s, wait for the old TTL to pass, change, and raise it again.",
    confirm: "\
dig HOST @RESOLVER            (twice: the TTL falls)
dig +norec HOST @RESOLVER     (what is in its cache)
dig +norec HOST @AUTHORITY    (what is right)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| *kind == Kind::Stale)?;
    let difference = differences.first()?;
    let until = difference
        .who
        .iter()
        .filter_map(|one| difference.odd.iter().filter_map(|set| one.until(set)).max());
    let last = until.max().map(|offset| moment(report.started_at, offset));
    let who = servers(&difference.who);
    let old = sets(&difference.odd);
    let headline = match &last {
        Some(last) => format!("{who} still says {old}; the last copy expires at {last}"),
        None => format!("{who} still says {old}"),
    };
    let name = bare(&view.link.name);
    Some(Evidence {
        hop: hop(report),
        severity: severity(report),
        headline: Some(headline),
        facts: facts(report, &view, difference),
        fix: format!(
            "wait until {}, or flush {name} there (unbound-control flush, rndc flushname, resolvectl flush-caches, dscacheutil -flushcache); lower the TTL before the next change",
            last.unwrap_or_else(|| "the copies expire".to_owned())
        ),
        confirm: confirm(&view, difference),
        confidence: difference.confidence,
        refute: match difference.confidence {
            Confidence::High => "an authority gives the resolver's answer".to_owned(),
            _ => "after the time above the resolver gives the same answer again: then its authority answers by place (anycast), which one vantage point cannot see"
                .to_owned(),
        },
    })
}

fn facts(report: &Report, view: &LinkView<'_>, difference: &Difference<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    for one in &difference.who {
        for old in &difference.odd {
            let Some(told) = one.saying(old).last() else {
                continue;
            };
            let left = match (told.ttl, one.until(old)) {
                (Some(ttl), Some(until)) => {
                    format!(", {ttl} s left, until {}", moment(report.started_at, until))
                }
                _ => String::new(),
            };
            facts.push(format!("{}: {}{left}", server(one.server), set(old)));
        }
    }
    let authorities = view.authorities.iter().filter(|one| !one.told.is_empty());
    facts.push(format!(
        "every authority that answers ({}) says {}",
        authorities.count(),
        sets(&difference.others)
    ));
    facts
}

fn confirm(view: &LinkView<'_>, difference: &Difference<'_>) -> Vec<String> {
    let odd = difference.who.iter().take(2);
    let right = view.authorities.iter().find(|one| !one.told.is_empty());
    odd.chain(right)
        .map(|one| dig(one.server, &view.link.name, view.record_type))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::specimen::{self, Says};

    fn stale() -> Report {
        specimen::compared(
            &[("192.0.2.53", Says::falling("198.51.100.1", 200))],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        )
    }

    #[test]
    fn fires_for_an_old_copy_and_says_until_when() {
        let evidence = check(&stale()).unwrap();
        let headline = evidence.headline.unwrap();
        assert!(
            headline.contains("expires at 2026-11-24 12:03:2"),
            "{headline}"
        );
        assert!(
            evidence.facts[0].contains("198.51.100.1, 198 s left"),
            "{:?}",
            evidence.facts
        );
        assert_eq!(evidence.confidence, Confidence::Medium);
    }

    #[test]
    fn silent_where_all_agree() {
        let report = specimen::compared(
            &[("192.0.2.53", Says::falling("203.0.113.1", 200))],
            &[("192.0.2.1", Says::steady("203.0.113.1", 300))],
        );
        assert!(check(&report).is_none());
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_an_answer_that_one_authority_still_gives_is_not_the_resolvers_fault() {
        let report = specimen::compared(
            &[("192.0.2.53", Says::falling("198.51.100.1", 200))],
            &[
                ("192.0.2.1", Says::steady("203.0.113.1", 300)),
                ("192.0.2.2", Says::steady("198.51.100.1", 300).serial(6)),
            ],
        );
        assert!(check(&report).is_none());
    }
}
