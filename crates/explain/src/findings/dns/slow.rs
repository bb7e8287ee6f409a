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
    why: "\
A cached answer costs one round trip to the resolver: below 1 ms on this host, a few in the same network. More than that has a reason, and the length tells it:
- 20 to 300 ms once, then fast: the resolver walked the delegation; a cold cache, or a TTL so low that it is always cold;
- 1, 3 or 5 s, or sums of them: somebody waited for a timeout: a dead server in resolv.conf (5 s), a lost packet, a dead authority (resolvers wait 0.4 to 2 s);
- exactly 5 s now and then, A and AAAA together: one of the two was lost in a NAT or conntrack race, the typical fault of Kubernetes nodes;
- a multiple of the normal time: the search list. With ndots:5 a name with two dots is asked for eight times;
- slow always and for all names: a resolver far away, overloaded, or with encrypted transport and a new connection for each question.",
    fix: "\
Put a cache near the programs, and take away what it waits for:
  Unbound             prefetch: yes     msg-cache-size: 64m     rrset-cache-size: 128m
  BIND                prefetch 2 9; is on by default; max-cache-size 512m;
  systemd-resolved    Cache=yes (default); resolvectl statistics shows hits and misses
  /etc/resolv.conf    options timeout:1 attempts:2 single-request-reopen
  Kubernetes          dnsConfig: { options: [ { name: ndots, value: \"2\" } ] }; NodeLocal DNSCache;
                      CoreDNS: cache 30, autopath @kubernetes with pods verified
  the zone            A and AAAA with a TTL of at least 60; no dead NS, no long CNAME chains

Repair authorities that time out: `unbound-control dump_infra` and `rndc dumpdb -adb` list what the resolver knows about them. In programs: keep
connections, then there are few lookups; the JVM caches for 30 s, Go not at all.",
    confirm: "\
dig HOST | grep 'Query time'
dig HOST | grep 'Query time'   # the second one comes from the cache
dig +search +showsearch HOST
time getent ahosts HOST
dig +trace HOST",
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
        // What this host kept waiting is not the resolver's.
        let theirs = took.saturating_sub(report.own_delay());
        let slow = theirs >= SLOW || (theirs > FLOOR && theirs * 2 > whole);
        (slow && !near && !record.from_hosts()).then_some((endpoint, record, took))
    })?;
    let mut facts = vec![format!("resolution took {} ms", took.as_millis())];
    facts.extend(lines(record));
    Some(Evidence {
        hop: Some(endpoint.hop),
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
    fn near_miss_a_wait_that_was_our_own() {
        let mut report = taking(220);
        assert!(check(&report).is_some());
        specimen::hold_up(&mut report, Duration::from_millis(180));
        assert!(check(&report).is_none());
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
