//! dns-apex-cname: the top of the zone is an alias.

use netwhy_report::dns::check::{CheckRecord, CheckedAddress, records_of};
use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::zone_check::{self, dig};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-apex-cname",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "a CNAME at the top of the zone, beside its SOA and NS records: mail, DNSSEC and delegation fail by chance",
    what: "\
The zone's own name has a CNAME record. An alias may have no other data, and the top of a zone must have SOA and NS: whatever a resolver sees first hides the rest.",
    why: "\
RFC 1034 section 3.6.2 and RFC 2181 section 10.1: where there is a CNAME, there is nothing else. A resolver that has cached the alias follows it for MX, TXT, NS
and SOA questions as well, so mail goes to the target's servers, SPF and domain proofs vanish, and the zone's own NS set cannot be found. Another resolver, or the
same one after the TTL, sees the real records. Most servers refuse to load such a zone; those of some hosters and home-made ones do not.",
    fix: "\
Remove the CNAME at the apex. Give it the addresses (A and AAAA) of the target, or use what the provider offers in its place: ALIAS, ANAME or \"CNAME flattening\",
which answers with addresses. Browsers also take an HTTPS record in alias mode (RFC 9460): ZONE. HTTPS 0 target.example.",
    confirm: "\
dig +norec @ZONE-SERVER ZONE CNAME
dig +norec @ZONE-SERVER ZONE SOA",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let zone = record.zone.escaped();
    let found: Vec<(&CheckedAddress, String)> = record
        .addresses
        .iter()
        .filter_map(|address| Some((address, alias(record, address)?)))
        .collect();
    let (first, target) = found.first()?;
    let facts = found
        .iter()
        .map(|(address, target)| format!("{}: {zone} CNAME {target}", record.place(address)));
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!(
            "{zone} is an alias of {target}, beside its SOA and NS records"
        )),
        facts: facts.collect(),
        fix: format!(
            "replace the CNAME at {zone} by the addresses of {target}, or by the provider's ALIAS"
        ),
        confirm: vec![
            dig(first.address, &zone, "CNAME", "+norec"),
            dig(first.address, &zone, "SOA", "+norec"),
        ],
        confidence: Confidence::High,
        refute: "the first command has no answer".to_owned(),
    })
}

/// Where the apex leads, on a server that has it as a zone.
fn alias(record: &CheckRecord, address: &CheckedAddress) -> Option<String> {
    let types = ["CNAME", "A", "AAAA", "MX", "TXT"];
    let replies = types.iter().filter_map(|kind| address.apex(kind)?.reply());
    let mut authoritative = replies.filter(|reply| reply.flags.authoritative);
    let alias = authoritative.find_map(|reply| records_of(reply, &record.zone, "CNAME").next())?;
    address.serves(&record.zone).then(|| alias.data.escaped())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{answers, report};

    #[test]
    fn fires_beside_an_soa_record() {
        let report = report(|record| answers(record, 0, "CNAME", &["web.example.net."]));
        let evidence = check(&report).unwrap();
        assert!(
            evidence.facts[0].contains("CNAME web.example.net."),
            "{evidence:?}"
        );
    }

    #[test]
    fn silent_on_a_sound_zone() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_a_server_that_does_not_speak_for_the_zone() {
        let report = report(|record| {
            answers(record, 0, "CNAME", &["web.example.net."]);
            record.addresses[0]
                .probes
                .retain(|probe| probe.exchange.question.record_type != "SOA");
        });
        assert!(check(&report).is_none());
    }
}
