//! dns-name-missing: the name does not exist.

use netwhy_report::dns::trace::{StepPurpose, TraceEnd};
use netwhy_report::dns::{DnsAnswer, rcode};
use netwhy_report::{Layer, Report};

use super::asked;
use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::zone_check;

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-name-missing",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the name does not exist: no client can reach it",
    what: "Every server that answered says NXDOMAIN: neither this name nor anything below it exists, as far as they know.",
    why: "\
NXDOMAIN (RFC 1035 section 4.1.1, RFC 8020) is the word of the zone's authority, or somebody's in its place. Where it can come from:
- the zone: a typo, a record that a deployment deleted, a zone file where the final dot is missing (www.example.com.example.com);
- the parent: the domain has expired or was never delegated. Then all of its names are gone at once, and the SOA in the answer is the
  parent's (com), not the domain's;
- a cache: somebody asked before the record was there. The \"no\" lives for the lesser of the SOA's TTL and its last number (RFC
  2308 section 5), often 15 minutes to 3 hours;
- another view: an internal zone of the same name hides the public one, a filter answers NXDOMAIN on purpose (EDE 15 to 18), the
  resolver serves another network;
- this host: a search list or a missing dot asked for another name than you think.

The zone named in the evidence tells which: your own zone, its parent, or one that you have never heard of.",
    fix: "\
Compare the spelling, then ask an authority (below). If it does not know the name, add it, raise the serial and load the zone:
  www    300 IN A 192.0.2.10           ; a name without final dot is relative to the zone
  BIND   named-checkzone example.com FILE && rndc reload example.com
  NSD    nsd-checkzone example.com FILE && nsd-control reload example.com
  Knot   knotc zone-begin example.com; knotc zone-set example.com www 300 A 192.0.2.10
         knotc zone-commit example.com

If the authority knows it and the resolver does not, the \"no\" is cached: flush it where you can, wait elsewhere.
  unbound-control flush HOST    rndc flushname HOST    resolvectl flush-caches

If the whole domain is missing at its parent: look at the registration (whois) before you look at any server.",
    confirm: "\
dig HOST
dig +norec HOST @AUTHORITY
dig +trace HOST
dig +noall +authority SOA HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    diagnosed(report)
        .or_else(|| looked_up(report))
        .or_else(|| checked(report))
}

/// Somebody asked, and "no" is the answer: a fact, not a fault.
fn looked_up(report: &Report) -> Option<Evidence> {
    let record = asked::lookup(report)?;
    let (_, first) = asked::unanimous(record, rcode::NXDOMAIN)?;
    if !asked::replies(record).all(|(_, message)| message.rcode == rcode::NXDOMAIN) {
        return None;
    }
    Some(Evidence {
        hop: None,
        severity: Some(Severity::Notice),
        headline: Some(format!("{} does not exist (NXDOMAIN)", asked::name(report))),
        facts: asked::lines(record),
        fix: "if it should exist: check the spelling, then ask an authority of the zone that is named above".to_owned(),
        confirm: vec![asked::command(first, "")],
        confidence: Confidence::High,
        refute: "an authority of the zone answers with a record".to_owned(),
    })
}

/// Of a zone check, whose walk came to the zone above.
fn checked(report: &Report) -> Option<Evidence> {
    zone_check::record(report).filter(|record| record.addresses.is_empty())?;
    let walk = super::traced::walk(report)?;
    let TraceEnd::NameError { name } = &walk.end else {
        return None;
    };
    let name = name.escaped();
    let step = walk
        .steps
        .iter()
        .rev()
        .find(|step| step.purpose == StepPurpose::Answer)?;
    let exchange = step.followed()?;
    let command = super::traced::dig(exchange, &name, "SOA", "+norec");
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!("{name} does not exist (NXDOMAIN)")),
        facts: vec![format!(
            "{}, which it would be delegated by, denies it",
            step.zone.escaped()
        )],
        fix: "check the spelling; if it is right, look at the registration of the domain"
            .to_owned(),
        confirm: vec![command],
        confidence: Confidence::High,
        refute: "the command gets a referral or an answer".to_owned(),
    })
}

fn diagnosed(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let answers: Vec<&DnsAnswer> = record.answers().map(|(_, answer)| answer).collect();
        !answers.is_empty() && answers.iter().all(|answer| answer.rcode == rcode::NXDOMAIN)
    })?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} does not exist (NXDOMAIN)", endpoint.host)),
        facts: lines(record),
        fix: "check the spelling, or add the record to the zone and wait for the negative TTL"
            .to_owned(),
        confirm: vec![dig(endpoint.host, record.queries.last(), "")],
        confidence: Confidence::High,
        refute: "an authority of the zone answers with an address".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::{self, answer};

    #[test]
    fn fires_for_a_zone_that_its_parent_denies() {
        use netwhy_report::{Section, Untrusted};
        let mut report = specimen::check::report(|record| record.addresses.clear());
        let mut walk = specimen::trace::record();
        walk.end = TraceEnd::NameError {
            name: Untrusted::from("example.test."),
        };
        report.layers.dns_trace = Some(Section::Measured { record: walk });
        let evidence = check(&report).unwrap();
        assert_eq!(
            evidence.headline.as_deref(),
            Some("example.test. does not exist (NXDOMAIN)")
        );
    }

    #[test]
    fn fires_for_a_name_that_every_server_denies() {
        assert!(check(&specimen::unresolved(&Ok(answer(3, "NXDOMAIN", &[])))).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_name_without_addresses_exists() {
        assert!(check(&specimen::unresolved(&Ok(answer(0, "NOERROR", &[])))).is_none());
    }

    #[test]
    fn a_name_that_was_only_looked_up_is_a_notice() {
        let report = specimen::lookup(vec![specimen::reply("A", 3, &[])]);
        assert_eq!(check(&report).unwrap().severity, Some(Severity::Notice));
        let mixed = vec![
            specimen::reply("A", 0, &["192.0.2.1"]),
            specimen::reply("AAAA", 3, &[]),
        ];
        assert!(check(&specimen::lookup(mixed)).is_none());
    }
}
