//! dns-wildcard: names that nobody made resolve.

use netwhy_report::dns::DnsExchange;
use netwhy_report::dns::check::{CheckRecord, Probe};
use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::zone_check::{self, dig};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-wildcard",
    layer: Layer::Dns,
    severity: Severity::Info,
    headline: "every name in the zone resolves: a wildcard answers for those that nobody made",
    what: "\
Labels made up at random have records: the zone holds a wildcard (*), and its servers make answers from it.",
    why: "\
A wildcard (RFC 4592) answers for every name that is not there. It is handy for tenants' names, and it hides faults: a name with a typing error goes to the
wildcard's address instead of failing, certificates are asked for names that nobody serves, and mail for a host without MX goes where the wildcard points. A name
that exists hides it, even for other types: with www A there is no *-made www AAAA.",
    fix: "\
Nothing, if it is meant. Otherwise delete the * record and add the names that are used. Keep wildcards below a label of their own (*.apps.ZONE) rather than at the top.",
    confirm: "\
dig +norec @ZONE-SERVER surely-not-there.ZONE A",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let (place, made) = record.serving().find_map(|address| {
        let made: Vec<&DnsExchange> = address
            .probes_for(&Probe::Random)
            .filter(|one| is_made(record, one))
            .collect();
        (made.len() >= 2).then_some((address, made))
    })?;
    let first = made.first()?;
    let facts = made.iter().map(|exchange| {
        let data: Vec<String> = exchange
            .reply()
            .iter()
            .flat_map(|reply| &reply.answer)
            .take(4)
            .map(|one| format!("{} {}", one.record_type, one.data.escaped()))
            .collect();
        format!("{}: {}", exchange.question.name.escaped(), data.join(", "))
    });
    let zone = record.zone.escaped();
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!(
            "every name in {zone} resolves: a wildcard answers for those that nobody made"
        )),
        facts: facts.collect(),
        fix: format!("if it is not meant, delete the * record of {zone}"),
        confirm: vec![dig(
            place.address,
            &first.question.name.escaped(),
            "A",
            "+norec",
        )],
        confidence: Confidence::High,
        refute: "the command gets NXDOMAIN".to_owned(),
    })
}

fn is_made(record: &CheckRecord, exchange: &DnsExchange) -> bool {
    exchange.reply().is_some_and(|reply| {
        reply.flags.authoritative
            && reply.rcode == 0
            && !reply.answer.is_empty()
            && !record.zone.raw().is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{random, report};

    #[test]
    fn fires_where_both_labels_have_records() {
        let evidence = check(&report(|record| {
            random(record, 0, &["203.0.113.9", "203.0.113.9"]);
        }))
        .unwrap();
        assert_eq!(evidence.facts.len(), 2);
        assert!(evidence.facts[0].contains("A 203.0.113.9"));
    }

    #[test]
    fn silent_where_they_do_not_exist() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_one_label_exists_by_chance() {
        assert!(check(&report(|record| random(record, 0, &["203.0.113.9"]))).is_none());
    }
}
