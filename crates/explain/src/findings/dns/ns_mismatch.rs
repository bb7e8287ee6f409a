//! dns-ns-mismatch: the parent and the zone list different name servers.

use netwhy_report::dns::check::{CheckedServer, DelegatedBy};
use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::zone_check::{self, delegation, dig};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-ns-mismatch",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "the parent and the zone list different name servers",
    what: "\
The NS records in the parent's referral are not those at the top of the zone. Resolvers begin with the parent's list; many then prefer the zone's own, so which
servers are asked depends on the resolver and on what it has in its cache.",
    why: "\
A delegation is kept twice (RFC 1034 section 4.2.2): by the parent, to lead the way, and by the zone, with authority. Nothing keeps the two equal. A server that
only the parent lists goes on being asked long after it was given up: as soon as it is switched off, part of the lookups is slow or fails. A server that only the
zone lists is asked by some resolvers alone, and is of no help while the others are down.

It is the usual trace of a move that was half done: changed at the registrar and not in the zone, or the other way round.",
    fix: "\
Decide which list is meant, then make both equal: NS records at the apex of the zone (and raise the serial), and the name servers at the registrar, or in the
parent zone. Keep a retired server answering until the parent's TTL, mostly one or two days, has passed.",
    confirm: "\
dig +norec @PARENT-SERVER ZONE NS
dig +norec @ZONE-SERVER ZONE NS",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let mismatch = delegation::ns_mismatch(record)?;
    let zone = record.zone.escaped();
    let line = |server: &&CheckedServer, side: &str| {
        let dead = !serves(record, server);
        let rest = if dead {
            ", and does not serve the zone"
        } else {
            ""
        };
        format!("only {side} lists {}{rest}", server.name.escaped())
    };
    let parent_only = mismatch
        .parent_only
        .iter()
        .map(|server| line(server, "the parent"));
    let zone_only = mismatch
        .zone_only
        .iter()
        .map(|server| line(server, "the zone"));
    let parent = match record.delegated_by {
        DelegatedBy::Parent { server, .. } => Some(dig(server, &zone, "NS", "+norec")),
        _ => None,
    };
    let own = record
        .serving()
        .next()
        .map(|address| dig(address.address, &zone, "NS", "+norec"));
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!("the parent and {zone} list different name servers")),
        facts: parent_only.chain(zone_only).collect(),
        fix: format!("make the NS records of {zone} and the parent's list equal"),
        confirm: parent.into_iter().chain(own).collect(),
        confidence: Confidence::High,
        refute: "both commands show the same names".to_owned(),
    })
}

fn serves(record: &netwhy_report::dns::CheckRecord, server: &CheckedServer) -> bool {
    let index = record.servers.iter().position(|one| one == server);
    record
        .serving()
        .any(|address| index.is_some_and(|index| address.servers.contains(&index)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::report;

    #[test]
    fn fires_on_a_server_that_the_parent_alone_lists() {
        let evidence = check(&report(|record| record.servers[1].at_zone = false)).unwrap();
        assert_eq!(evidence.facts, ["only the parent lists ns2.example.test."]);
        assert_eq!(
            evidence.confirm[0],
            "dig @192.0.2.21 +norec example.test. NS"
        );
    }

    #[test]
    fn silent_where_both_agree() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_the_zone_was_not_heard() {
        let report = report(|record| {
            for server in &mut record.servers {
                server.at_zone = false;
            }
        });
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_resolvers_do_not_know_what_the_parent_lists() {
        let report = report(|record| {
            record.delegated_by = DelegatedBy::Resolvers;
            record.servers[1].at_parent = false;
        });
        assert!(check(&report).is_none());
    }
}
