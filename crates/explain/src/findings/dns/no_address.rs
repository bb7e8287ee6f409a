//! dns-no-address: the name exists, but has no address.

use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::asked;
use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-no-address",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the name exists, but has neither an A nor an AAAA record",
    what: "\
The servers answer NOERROR without an address (NODATA): the name exists, perhaps with MX or TXT records or with names below it, but has neither an A nor
an AAAA record.",
    why: "\
A client needs an A or AAAA record to connect. NODATA (RFC 2308 section 2.2) is what a server says when the name is there and the type is not, and it is
cached like NXDOMAIN: for the lesser of the SOA's TTL and its last number. Typical causes:
- only www has an address, the bare domain has none: a zone's apex cannot hold a CNAME, so somebody left it empty;
- a CNAME to a name that exists without addresses: the alias is fine, its target is not;
- a name that exists only because something lies below it (a.b.example.com makes b.example.com exist);
- a wildcard that does not reach: the name has another record of its own, so `*` no longer stands in for it (RFC 4592);
- a resolver that takes private addresses out of answers (Unbound private-address, dnsmasq --stop-dns-rebind);
- a health check at the DNS provider that has taken out the last address.",
    fix: "\
Add the address at this name, or use the name that has one:
  @      300 IN A    192.0.2.10        ; the bare domain: never a CNAME
  @      300 IN AAAA 2001:db8::10      ; if the service has IPv6
  www    300 IN CNAME example.com.     ; mind the final dot

At the apex of a zone whose service has only a name, use the provider's ALIAS or ANAME, or a redirect host. For private addresses that the resolver
removes: Unbound `private-domain: \"corp.example\"`, dnsmasq `rebind-domain-ok=/corp.example/`.",
    confirm: "\
dig HOST A
dig HOST AAAA
dig HOST CNAME
dig +norec HOST A @AUTHORITY",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    diagnosed(report).or_else(|| looked_up(report))
}

/// Both address types were asked for, and there is neither: a fact, not a fault. Another type is nobody's duty to have.
fn looked_up(report: &Report) -> Option<Evidence> {
    let record = asked::lookup(report)?;
    let wanted = |record_type: &str| {
        let questions = asked::questions(record);
        questions
            .iter()
            .any(|question| question.record_type == record_type && question.class == "IN")
    };
    let nothing = asked::replies(record).all(|(exchange, message)| {
        message.rcode == rcode::NOERROR
            && !asked::has_addresses(exchange, message)
            && !asked::is_referral(message)
            && !message.flags.truncated
            && matches!(exchange.question.record_type.as_str(), "A" | "AAAA")
    });
    let (first, _) = asked::replies(record).next()?;
    if !(wanted("A") && wanted("AAAA") && nothing) {
        return None;
    }
    let name = asked::name(report);
    Some(Evidence {
        hop: None,
        severity: Some(Severity::Notice),
        headline: Some(format!("{name} has no address (neither A nor AAAA)")),
        facts: asked::lines(record),
        fix: "if it should have one: add an A or AAAA record at this name".to_owned(),
        confirm: vec![asked::command(first, "")],
        confidence: Confidence::High,
        refute: "an authority of the zone answers with an A or AAAA record".to_owned(),
    })
}

fn diagnosed(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty()
            && answers.iter().any(|answer| answer.rcode == rcode::NOERROR)
            && answers
                .iter()
                .all(|answer| matches!(answer.rcode, rcode::NOERROR | rcode::NXDOMAIN))
    })?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{} has no address (neither A nor AAAA)",
            endpoint.host
        )),
        facts: lines(record),
        fix: "add an A or AAAA record at this name, or use the name that has one".to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), "")],
        confidence: Confidence::High,
        refute: "an authority of the zone answers with an A or AAAA record".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_for_an_empty_answer() {
        assert!(check(&specimen::unresolved(&Ok(answer(0, "NOERROR", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_name_that_does_not_exist() {
        assert!(check(&specimen::unresolved(&Ok(answer(3, "NXDOMAIN", &[])))).is_none());
    }

    #[test]
    fn a_lookup_must_have_asked_for_both_types() {
        let empty = |types: &[&str]| {
            specimen::lookup(
                types
                    .iter()
                    .map(|kind| specimen::reply(kind, 0, &[]))
                    .collect(),
            )
        };
        assert!(check(&empty(&["A", "AAAA"])).is_some());
        assert!(check(&empty(&["A"])).is_none());
        assert!(check(&empty(&["MX"])).is_none(), "a missing MX is no fault");
    }
}
