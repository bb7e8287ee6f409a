//! dns-glue-mismatch: the parent's addresses of a name server are not the zone's.

use std::net::IpAddr;

use netwhy_report::dns::CheckRecord;
use netwhy_report::dns::check::DelegatedBy;
use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::zone_check::{self, authority, delegation, dig};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-glue-mismatch",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "the parent's addresses of a name server are not those that the zone gives it",
    what: "\
The referral brings addresses (glue) for a name server inside the zone; the zone's own A and AAAA records for that name are others. Every resolver that begins
at the parent goes to the old address.",
    why: "\
Glue is a copy (RFC 1034 section 4.2.1, RFC 9471), typed in at the registrar as a host object, and nothing updates it when the zone changes. While the old
machine still answers nobody notices; once it is switched off, or its address is given to somebody else, lookups fail for every resolver that has nothing cached.
Where only an address family is missing, resolvers without the other one cannot reach the server.",
    fix: "\
At the registrar, change the addresses of the host object (glue record) to those in the zone; where you run the parent, the A and AAAA records beside the NS
record. If the zone is wrong, change the zone. Keep the old address answering for the glue's TTL, mostly two days.",
    confirm: "\
dig +norec @PARENT-SERVER ZONE NS    (the additional section)
dig +norec @ZONE-SERVER NAME-SERVER A",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let mismatches = delegation::glue_mismatches(record);
    let first = mismatches.first()?;
    let zone = record.zone.escaped();
    let dead = mismatches
        .iter()
        .flat_map(|one| &one.parent_only)
        .any(|address| is_dead(record, *address));
    let mut facts = Vec::new();
    for one in &mismatches {
        let name = one.server.name.escaped();
        let only = |side: &str, addresses: &[IpAddr]| {
            (!addresses.is_empty())
                .then(|| format!("{name}: only {side} has {}", list(record, addresses)))
        };
        facts.extend(only("the parent", &one.parent_only));
        facts.extend(only("the zone", &one.zone_only));
    }
    let parent = match record.delegated_by {
        DelegatedBy::Parent { server, .. } => Some(dig(server, &zone, "NS", "+norec")),
        _ => None,
    };
    let own = record
        .serving()
        .next()
        .map(|address| dig(address.address, &first.server.name.escaped(), "A", "+norec"));
    Some(Evidence {
        hop: None,
        severity: dead.then_some(Severity::Warning),
        headline: Some(format!(
            "the parent's addresses of {} are not those of {zone}",
            first.server.name.escaped()
        )),
        facts,
        fix: format!(
            "change the glue of {} at the registrar to what the zone says",
            first.server.name.escaped()
        ),
        confirm: parent.into_iter().chain(own).collect(),
        confidence: Confidence::High,
        refute: "the additional section of the first command has the addresses of the second"
            .to_owned(),
    })
}

fn is_dead(record: &CheckRecord, address: IpAddr) -> bool {
    let found = zone_check::reachable(record).find(|one| one.address.ip() == address);
    found.is_some_and(|one| authority::lame(record, one).is_some())
}

fn list(record: &CheckRecord, addresses: &[IpAddr]) -> String {
    let shown = addresses
        .iter()
        .map(|address| match is_dead(record, *address) {
            true => format!("{address} (does not serve the zone)"),
            false => address.to_string(),
        });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{is_silent, report};

    #[test]
    fn fires_on_another_address() {
        let report = report(|record| record.servers[0].own = vec!["192.0.2.99".parse().unwrap()]);
        let evidence = check(&report).unwrap();
        assert_eq!(
            evidence.facts[0],
            "ns1.example.test.: only the parent has 192.0.2.31"
        );
        assert_eq!(evidence.severity, None);
    }

    #[test]
    fn warns_where_the_parents_address_is_dead() {
        let report = report(|record| {
            record.servers[0].own = vec!["192.0.2.99".parse().unwrap()];
            is_silent(record, 0);
        });
        assert_eq!(check(&report).unwrap().severity, Some(Severity::Warning));
    }

    #[test]
    fn silent_where_both_agree() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_a_server_elsewhere_has_no_glue_to_compare() {
        let report = report(|record| {
            record.servers[0].own = vec!["192.0.2.99".parse().unwrap()];
            record.servers[0].own_from = Some(netwhy_report::dns::check::OwnFrom::Elsewhere);
        });
        assert!(check(&report).is_none());
    }
}
