//! dns-refused: the resolver does not serve us.

use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::asked;
use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-refused",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the resolver refuses to answer us",
    what: "\
The server answered REFUSED: it does not want to answer this question for this client. It has said nothing about the name, which may be
fine.",
    why: "\
REFUSED (RFC 1035 section 4.1.1) is policy, given at once. Who gives it:
- a recursive resolver, to clients outside its access list. The list sees the source address that arrives: behind NAT, a VPN or a pod network that is
  not the one that you think;
- an authoritative server, for names that it does not serve: it does no recursion. It has no business in resolv.conf;
- a view that does not match this client, or one without recursion;
- a lame server: delegated to, but without the zone.

glibc tries the next server of resolv.conf at once; when all refuse, programs see \"Temporary failure in name resolution\".",
    fix: "\
Use a resolver that serves this network, or let the network in, at the resolver:
  Unbound    access-control: 10.0.0.0/8 allow
  BIND       options { recursion yes; allow-query { 10.0.0.0/8; }; allow-recursion { 10.0.0.0/8; }; };
  dnsmasq    without --local-service, or with an address in that network
  CoreDNS    the plugin acl: allow net 10.0.0.0/8; a server block or a forward for the zone that was asked for

Unbound and BIND serve this host alone (BIND: its own networks) until such a line is there. Do not open a resolver to everybody: it will be used to
flood others. `unbound-control reload` or `rndc reconfig` makes the change count.",
    confirm: "\
dig HOST @SERVER
dig +norec SOA ZONE @SERVER
ip route get SERVER",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    diagnosed(report).or_else(|| looked_up(report))
}

fn looked_up(report: &Report) -> Option<Evidence> {
    let record = asked::lookup(report)?;
    let (question, first) = asked::unanimous(record, rcode::REFUSED)?;
    // AAAA alone fails: dns-ipv6-broken says more.
    if question.record_type == "AAAA"
        && asked::replies(record).any(|(exchange, message)| {
            exchange.question.record_type == "A" && asked::has_addresses(exchange, message)
        })
    {
        return None;
    }
    let headline = format!(
        "every server that answered refuses to answer about {} {}",
        asked::name(report),
        question.record_type
    );
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(headline),
        facts: asked::lines(record),
        fix: "ask a server that serves this network and this zone".to_owned(),
        confirm: vec![asked::command(first, "")],
        confidence: Confidence::High,
        refute: "the same question from this host gets an answer".to_owned(),
    })
}

fn diagnosed(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty() && answers.iter().all(|answer| answer.rcode == rcode::REFUSED)
    })?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!(
            "every resolver that answered refuses to resolve {} for us",
            endpoint.host
        )),
        facts: lines(record),
        fix: "use a resolver that serves this network, or add this network to its access list"
            .to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), "")],
        confidence: Confidence::High,
        refute: "the same question from this host gets an answer".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_when_every_answer_is_a_refusal() {
        assert!(check(&specimen::unresolved(&Ok(answer(5, "REFUSED", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_server_failure() {
        assert!(check(&specimen::unresolved(&Ok(answer(2, "SERVFAIL", &[])))).is_none());
    }

    #[test]
    fn a_lookup_needs_every_reply_to_say_so() {
        let failed = || specimen::reply("MX", 5, &[]);
        assert!(check(&specimen::lookup(vec![failed()])).is_some());
        let other = vec![failed(), specimen::reply("MX", 0, &[])];
        assert!(check(&specimen::lookup(other)).is_none());
    }
}
