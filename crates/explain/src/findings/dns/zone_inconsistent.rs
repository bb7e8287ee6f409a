//! dns-zone-inconsistent: one serial, different data.

use netwhy_report::{Layer, Report};

use crate::compare::{Kind, bare, dig, hop, of_kind, server, sets};
use crate::finding::{Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-zone-inconsistent",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "the zone's servers give different answers under one serial: some clients get the wrong one, and no transfer will repair it",
    what: "\
Servers of one zone, with one and the same serial, steadily give different answers to the same question. Neither the client's network (no client subnet scope) nor
balancing (each server keeps to its answer) explains it.",
    why: "\
The serial is how secondaries notice a change (RFC 1034 section 4.3.5): where it is equal nothing is transferred, so the servers stay different until somebody
steps in. It happens when a zone file is edited without raising the serial and then loaded on one server only, when two primaries are edited by hand, when
a copy was changed on a secondary, when a deployment reached half of the machines, or when machines behind one anycast address are out of step. Resolvers pick a
server by speed and chance: the fault comes and goes, and differs from user to user.",
    fix: "\
Decide which answer is right, correct the zone at the primary, raise the serial above all that were ever used, and load it:
  BIND     rndc reload ZONE       (named-checkzone first); a signed or dynamic zone: rndc freeze ZONE, edit, rndc thaw ZONE
  NSD      nsd-control reload ZONE
  Knot     knotc zone-reload ZONE
Then make every secondary fetch it (rndc retransfer ZONE, nsd-control force_transfer ZONE, knotc zone-retransfer ZONE). If the servers are primaries of their own,
let one place generate all of them.",
    confirm: "\
dig +norec HOST @AUTHORITY        (each of them, several times)
dig +norec SOA ZONE @AUTHORITY    (each of them)
dig +norec +nsid HOST @ADDRESS    (which machine answers?)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| {
        matches!(kind, Kind::Inconsistent { .. })
            || matches!(kind, Kind::SiteOutOfDate { serials, .. } if serials.is_empty())
    })?;
    let difference = differences.first()?;
    let name = bare(&view.link.name);
    let mut facts = Vec::new();
    let headline = match &difference.kind {
        Kind::SiteOutOfDate { machines, .. } => {
            for (machine, answer) in machines {
                facts.push(format!(
                    "machine \"{}\" says {}",
                    machine.escaped(),
                    sets(std::slice::from_ref(answer))
                ));
            }
            format!(
                "machines behind one address answer {name} differently under one serial: one site is out of date"
            )
        }
        Kind::Inconsistent { serial } => {
            for one in &difference.who {
                facts.push(format!("{}: {}", server(one.server), sets(&one.sets())));
            }
            facts.push(format!(
                "all with serial {serial}, each the same every time"
            ));
            format!("the zone's servers answer {name} differently, all with serial {serial}")
        }
        _ => return None,
    };
    Some(Evidence {
        hop: hop(report),
        severity: None,
        headline: Some(headline),
        facts,
        fix: "correct the zone at the primary, raise its serial, and make every secondary fetch it"
            .to_owned(),
        confirm: difference
            .who
            .iter()
            .take(4)
            .map(|one| dig(one.server, &view.link.name, view.record_type))
            .collect(),
        confidence: difference.confidence,
        refute:
            "more samples (--samples 20) show one server giving both answers: then they are a pool"
                .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::specimen::{self, Says};

    fn authorities(other: Says) -> Report {
        specimen::compared(
            &[],
            &[
                ("192.0.2.1", Says::steady("203.0.113.1", 300)),
                ("192.0.2.2", other),
            ],
        )
    }

    #[test]
    fn fires_for_other_data_under_one_serial() {
        let evidence = check(&authorities(Says::steady("198.51.100.1", 300))).unwrap();
        assert!(evidence.headline.unwrap().contains("serial 7"));
        assert_eq!(evidence.facts.len(), 3);
    }

    #[test]
    fn silent_where_only_the_order_differs() {
        let report = specimen::compared(
            &[],
            &[
                ("192.0.2.1", Says::steady("203.0.113.1 203.0.113.2", 300)),
                ("192.0.2.2", Says::steady("203.0.113.2 203.0.113.1", 300)),
            ],
        );
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_a_server_that_shows_both_answers_has_a_pool() {
        let pool = Says::turns(&["198.51.100.1", "203.0.113.1"], 300);
        assert!(check(&authorities(pool)).is_none());
    }

    #[test]
    fn near_miss_other_operators_are_not_one_zone() {
        let other = Says::steady("198.51.100.1", 300).primary("ns.other.test.");
        assert!(check(&authorities(other)).is_none());
    }

    #[test]
    fn machines_that_keep_to_their_own_answers_are_a_site_out_of_date() {
        let machines = Says::turns(&["198.51.100.1", "203.0.113.1"], 300).machines(&["ams", "fra"]);
        let evidence = check(&authorities(machines)).unwrap();
        assert!(
            evidence.facts[0].contains("machine \"ams\" says 198.51.100.1"),
            "{:?}",
            evidence.facts
        );
    }
}
