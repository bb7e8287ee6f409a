//! dns-servfail: the resolver cannot find an answer.

use netwhy_report::dns::trace::TraceEnd;
use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::asked;
use super::traced::walk;
use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-servfail",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the resolver fails to find an answer (SERVFAIL): the zone is broken, or its signatures are",
    what: "\
The resolver answered SERVFAIL: it could not get an answer that it trusts. That is its own failure or the zone's, not a statement about the
name.",
    why: "\
SERVFAIL is the resolver speaking for somebody else. It means one of these:
- no authority answered, or the way to them is cut: timeouts, a firewall, IPv6 without a route;
- the delegation is lame: the servers refuse or are not authoritative; an expired secondary says SERVFAIL itself;
- DNSSEC validation failed: signatures expired, the DS fits no key, a server lost its signatures, the resolver's clock is wrong;
- large answers are lost: fragments dropped, TCP closed;
- a CNAME loop, or a chain longer than the resolver follows;
- the resolver itself: overloaded, without upstream, its forwarder dead.

Extended errors (RFC 8914) say which, as this resolver sees it: 6 to 12 DNSSEC, 22 no reachable authority, 23 network error, 24 invalid data, 13 a
remembered failure, 14 not ready. Resolvers keep a failure for 1 s to 5 minutes (RFC 9520), so a repair is not seen at once.",
    fix: "\
Cut it in two with +cd (checking disabled). If `dig +cd HOST` answers, validation fails: the zone's owner has to re-sign or to mend the DS.
  BIND   rndc sign ZONE; rndc dnssec -status ZONE
  Knot   knotc zone-sign ZONE
  NSD    serves what it gets: sign again (ldns-signzone, or the signer in front), then nsd-control reload ZONE

Until then, for this zone alone, on your own resolver: `rndc nta -lifetime 1h ZONE`, `unbound-control insecure_add ZONE`. If every signed
name fails, it is the resolver: its clock or its root key (`rndc managed-keys status`, /var/lib/unbound/root.key).

If +cd fails too, ask every server of the zone; the one that refuses, is silent or answers without \"aa\" is the lame one. Mend it, or take it out of the
delegation at the registrar. A secondary that expired: rndc retransfer ZONE, nsd-control force_transfer ZONE, knotc zone-retransfer ZONE.

If another resolver has no trouble, look at this one: a forwarder that is dead (`unbound-control list_forwards`, `forwarders` in named.conf,
`forward` in the Corefile), port 53 closed for UDP or TCP, IPv6 preferred without a route (`do-ip6: no`, `named -4`). Then let it
forget: `unbound-control flush_infra all`, `unbound-control flush_zone ZONE`, `rndc flushtree ZONE`.",
    confirm: "\
dig HOST
dig +cd HOST
delv +cd +vtrace HOST
dig +nssearch ZONE
dig +norec +dnssec HOST @AUTHORITY
dig +trace HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    diagnosed(report).or_else(|| looked_up(report))
}

fn looked_up(report: &Report) -> Option<Evidence> {
    let record = asked::lookup(report)?;
    let (question, first) = asked::unanimous(record, rcode::SERVFAIL)?;
    // AAAA alone fails: dns-ipv6-broken says more.
    if question.record_type == "AAAA"
        && asked::replies(record).any(|(exchange, message)| {
            exchange.question.record_type == "A" && asked::has_addresses(exchange, message)
        })
    {
        return None;
    }
    let headline = format!(
        "no server finds an answer to {} {} (SERVFAIL)",
        asked::name(report),
        question.record_type
    );
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(headline),
        facts: asked::lines(record),
        fix: "ask with --cd: if that works, repair DNSSEC; if not, ask each authority of the zone and repair the lame one".to_owned(),
        confirm: vec![asked::command(first, " +cd")],
        confidence: Confidence::Medium,
        refute: "another resolver answers: then these resolvers are at fault".to_owned(),
    })
}

fn diagnosed(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty()
            && answers.iter().any(|answer| answer.rcode == rcode::SERVFAIL)
            && answers.iter().all(|answer| answer.rcode != rcode::NXDOMAIN)
    })?;
    let mut facts = lines(record);
    let walked = walk(report).filter(|walk| walk.end == TraceEnd::Answer && !walk.is_bogus());
    let fix = match walked {
        Some(_) => {
            "the authorities are sound: look at the resolver, its log, clock and trust anchor, or use another"
        }
        None => {
            "ask with +cd: if that works, repair DNSSEC; if not, ask each authority of the zone and repair the lame one"
        }
    };
    if walked.is_some() {
        facts.push("a walk from the root finds the answer: the resolver is at fault".to_owned());
    }
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!(
            "the resolver fails to resolve {} (SERVFAIL)",
            endpoint.host
        )),
        facts,
        fix: fix.to_owned(),
        confirm: vec![
            dig(endpoint.host, record.queries.last(), ""),
            dig(endpoint.host, record.queries.last(), " +cd"),
        ],
        confidence: Confidence::Medium,
        refute: "another resolver answers with an address: then this resolver is at fault"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_for_a_server_failure() {
        assert!(check(&specimen::unresolved(&Ok(answer(2, "SERVFAIL", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn a_walk_that_succeeds_puts_the_blame_on_the_resolver() {
        let mut report = specimen::unresolved(&Ok(answer(2, "SERVFAIL", &[])));
        report.layers.dns_trace = specimen::trace::report(|_| {}).layers.dns_trace;
        let evidence = check(&report).unwrap();
        assert!(
            evidence.fix.contains("look at the resolver"),
            "{evidence:?}"
        );
    }

    #[test]
    fn near_miss_a_refusal() {
        assert!(check(&specimen::unresolved(&Ok(answer(5, "REFUSED", &[])))).is_none());
    }

    #[test]
    fn a_lookup_needs_every_reply_to_say_so() {
        let failed = || specimen::reply("MX", 2, &[]);
        assert!(check(&specimen::lookup(vec![failed()])).is_some());
        let other = vec![failed(), specimen::reply("MX", 0, &[])];
        assert!(check(&specimen::lookup(other)).is_none());
    }
}
