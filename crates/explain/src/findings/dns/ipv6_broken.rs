//! dns-ipv6-broken: AAAA questions fail where A questions are answered.

use netwhy_report::dns::{AddressType, DnsRecord, LookupRecord, rcode};
use netwhy_report::{Failure, Layer, Report};

use super::{asked, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-ipv6-broken",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "AAAA questions fail while A questions are answered: clients wait, or take the name for missing",
    what: "\
The same server answers the question for IPv4 addresses (A) and fails on the one for IPv6 addresses (AAAA): by silence, an error, or the false claim
that the name does not exist. A name without IPv6 is fine, and is said otherwise: NOERROR with no record.",
    why: "\
Every client asks for both types, even on a host without IPv6. What a failing AAAA does to them (RFC 4074 lists the ways to get it wrong):
- silence: getaddrinfo waits for its whole timeout, 5 s with glibc, before every connection; browsers go on after 50 ms (RFC 8305);
- SERVFAIL, NOTIMP, REFUSED: glibc asks the next server and tries again; some programs give up on the name;
- NXDOMAIN: it means that the name has no record of any type (RFC 8020). A resolver that believes it stops answering A too, for the negative TTL: the
  name comes and goes.

The fault sits in the zone's servers: mostly a load balancer or an appliance that answers DNS itself and knows A only, or a firewall that drops what it does not know. The
resolver passes on what it gets.",
    fix: "\
Make the authority answer NOERROR with an empty answer and its SOA. Upgrade or reconfigure the load balancer that serves the zone, or take the name off it. As a
stopgap on the clients:
  glibc      options single-request in resolv.conf, if only parallel questions are lost
  systemd    none: resolved asks for both
  programs   an IPv4-only switch (curl -4, ssh -4) proves the point and hides the fault",
    confirm: "\
dig A HOST @SERVER
dig AAAA HOST @SERVER
time getent ahosts HOST
time getent ahostsv4 HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let diagnosed = report
        .endpoints()
        .into_iter()
        .filter_map(|endpoint| Some((endpoint.hop, endpoint.dns?)))
        .find_map(|(hop, record)| {
            Some(Evidence {
                hop: Some(hop),
                ..in_diagnosis(record)?
            })
        });
    diagnosed.or_else(|| in_lookup(asked::lookup(report)?, &asked::name(report)))
}

fn in_diagnosis(record: &DnsRecord) -> Option<Evidence> {
    let query = |server, record_type| {
        record
            .queries
            .iter()
            .find(|query| query.server == server && query.record_type == record_type)
    };
    let broken = record.servers().into_iter().find_map(|server| {
        let a = query(server, AddressType::A)?.step.value()?;
        let aaaa = query(server, AddressType::Aaaa)?;
        let fails = match (aaaa.step.value(), aaaa.step.failure()) {
            (Some(answer), _) => answer.rcode != rcode::NOERROR,
            (None, Some(failure)) => is_silence(failure),
            (None, None) => false,
        };
        let works = a.rcode == rcode::NOERROR && !a.addresses.is_empty();
        (works && fails).then_some(aaaa)
    })?;
    let how = match (broken.step.value(), broken.step.failure()) {
        (Some(answer), _) => answer.rcode_name.clone(),
        (None, Some(failure)) => crate::words::failure(failure),
        (None, None) => return None,
    };
    Some(evidence(
        &record.name,
        &how,
        unresolved::lines(record),
        unresolved::dig(&record.name, Some(broken), ""),
    ))
}

fn in_lookup(record: &LookupRecord, name: &str) -> Option<Evidence> {
    let broken = record.exchanges.iter().find(|exchange| {
        let fails = match (exchange.reply(), exchange.step.failure()) {
            (Some(message), _) => message.rcode != rcode::NOERROR,
            (None, Some(failure)) => is_silence(failure),
            (None, None) => false,
        };
        let works = || {
            asked::replies(record).any(|(other, message)| {
                other.server == exchange.server
                    && other.question.name == exchange.question.name
                    && other.question.record_type == "A"
                    && asked::has_addresses(other, message)
            })
        };
        exchange.question.record_type == "AAAA" && fails && works()
    })?;
    let how = match (broken.reply(), broken.step.failure()) {
        (Some(message), _) => message.rcode_name.clone(),
        (None, Some(failure)) => crate::words::failure(failure),
        (None, None) => return None,
    };
    Some(evidence(
        name,
        &how,
        asked::lines(record),
        asked::command(broken, ""),
    ))
}

/// A server that can be reached for A, and says nothing about AAAA.
fn is_silence(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::TimedOut { .. } | Failure::DnsMismatched { .. } | Failure::DnsUndecodable { .. }
    )
}

fn evidence(name: &str, how: &str, facts: Vec<String>, confirm: String) -> Evidence {
    Evidence {
        hop: None,
        severity: None,
        headline: Some(format!(
            "the AAAA question about {name} fails ({how}), the A question is answered"
        )),
        facts,
        fix: "make the zone's servers answer AAAA with NOERROR and no record; look at the load balancer that serves it"
            .to_owned(),
        confirm: vec![confirm],
        confidence: Confidence::Medium,
        refute: "the AAAA question gets NOERROR when it is asked again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Step;
    use std::time::Duration;

    use crate::specimen;

    #[test]
    fn fires_in_a_diagnosis_when_only_aaaa_is_silent() {
        let mut report = specimen::healthy();
        let failure = Failure::TimedOut {
            after: Duration::from_secs(4),
        };
        let end = Duration::from_secs(4);
        specimen::dns(&mut report).queries[1].step = Step::failed(Duration::ZERO, end, failure);
        assert!(check(&report).is_some());
    }

    #[test]
    fn fires_in_a_lookup_when_aaaa_alone_is_denied() {
        let a = specimen::reply("A", 0, &["192.0.2.1"]);
        let report = specimen::lookup(vec![a, specimen::reply("AAAA", 3, &[])]);
        assert!(check(&report).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_name_without_ipv6_or_one_that_fails_altogether() {
        let a = specimen::reply("A", 0, &["192.0.2.1"]);
        let none = vec![a, specimen::reply("AAAA", 0, &[])];
        assert!(check(&specimen::lookup(none)).is_none());
        let both = vec![
            specimen::reply("A", 2, &[]),
            specimen::reply("AAAA", 2, &[]),
        ];
        assert!(check(&specimen::lookup(both)).is_none());
    }
}
