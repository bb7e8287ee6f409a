//! dns-serial-mismatch: some authorities have an older copy of the zone.

use netwhy_report::{Layer, Report};

use crate::compare::{
    Difference, Kind, LinkView, bare, dig, failed_addresses, hop, of_kind, server, servers, sets,
};
use crate::finding::{Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-serial-mismatch",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "the zone's servers have different copies of it: resolvers get the new or the old one by chance",
    what: "\
The SOA records of the zone's servers, or of the machines behind one address of them, have different serials: some copies are older. Resolvers pick a server as
they like, so the same question gets the new answer or the old one.",
    why: "\
A secondary fetches the zone when the primary notifies it (RFC 1996) or when REFRESH seconds have passed; if that fails it tries again every RETRY seconds and
answers with the old copy for EXPIRE seconds, mostly weeks. Serials are compared on a circle (RFC 1982): 1 can be newer than 4294967295, and a serial that was
once set too high makes every later one look older, so nothing is transferred any more. For minutes after a change different serials are normal.
Typical causes of a lag that stays: NOTIFY or TCP port 53 blocked, a TSIG key that differs, an allow-transfer list without the secondary, a serial that was not
raised, a clock (TSIG) that is wrong, an anycast site cut off from its source.

Servers of different operators (other MNAME) count serials for themselves: those are not compared.",
    fix: "\
On the lagging server look into the log for the zone's transfers, then make it fetch the zone:
  BIND     rndc retransfer ZONE; rndc zonestatus ZONE
  NSD      nsd-control force_transfer ZONE; nsd-control zonestatus ZONE
  Knot     knotc zone-retransfer ZONE; knotc zone-status ZONE
  PowerDNS pdns_control retrieve ZONE

If nothing is fetched: from the secondary, dig @PRIMARY ZONE AXFR (with -k KEYFILE where TSIG is used) says why. After a serial went too high: raise it by
2147483647, wait for all secondaries, then set the one you want (RFC 1982 section 7).",
    confirm: "\
dig +norec SOA ZONE @AUTHORITY       (each of them)
dig +nssearch ZONE
dig +norec +nsid SOA ZONE @ADDRESS   (several times: which machine answers?)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (view, differences) = of_kind(report, |kind| {
        matches!(kind, Kind::Lagging { .. })
            || matches!(kind, Kind::SiteOutOfDate { serials, .. } if !serials.is_empty())
    })?;
    // The one that this name feels comes first.
    let difference = differences
        .iter()
        .find(|one| feels(one))
        .or(differences.first())?;
    let zone = view.link.zone.as_ref().map(bare)?;
    let overdue = matches!(difference.kind, Kind::Lagging { overdue: true, .. });
    let severity = match feels(difference) {
        true if overdue || !failed_addresses(report).is_empty() => Severity::Error,
        true => Severity::Warning,
        false => Severity::Notice,
    };
    let fix = format!(
        "make {} fetch {zone} again (rndc retransfer, nsd-control force_transfer, knotc zone-retransfer) and look into its log for why it did not",
        servers(&difference.who)
    );
    Some(Evidence {
        hop: hop(report),
        severity: Some(severity),
        headline: Some(headline(&zone, difference)),
        facts: facts(&view, difference),
        fix,
        confirm: view
            .authorities
            .iter()
            .take(4)
            .filter_map(|one| Some(dig(one.server, view.link.zone.as_ref()?, "SOA")))
            .collect(),
        confidence: difference.confidence,
        refute: match overdue {
            true => "the serial's date is not the day it was made: then the change may be minutes old",
            false => "all servers have one serial once REFRESH has passed: then it was a change on its way",
        }
        .to_owned(),
    })
}

/// Whether this name's answer depends on which copy is asked.
fn feels(difference: &Difference<'_>) -> bool {
    match &difference.kind {
        Kind::Lagging { data_differ, .. } => *data_differ,
        _ => true,
    }
}

fn headline(zone: &str, difference: &Difference<'_>) -> String {
    let who = servers(&difference.who);
    match &difference.kind {
        Kind::Lagging {
            newest,
            oldest,
            data_differ: true,
            ..
        } => format!(
            "{who} serves an old copy of {zone} (serial {oldest}, the newest is {newest}) and with it {}",
            sets(&difference.odd)
        ),
        Kind::Lagging { newest, oldest, .. } => format!(
            "{who} serves an old copy of {zone} (serial {oldest}, the newest is {newest}); this name is the same in both"
        ),
        _ => format!(
            "machines behind {who} serve different copies of {zone}: one site is out of date"
        ),
    }
}

fn facts(view: &LinkView<'_>, difference: &Difference<'_>) -> Vec<String> {
    let mut facts: Vec<String> = Vec::new();
    if let Kind::SiteOutOfDate { machines, serials } = &difference.kind {
        for (machine, answer) in machines {
            facts.push(format!(
                "machine \"{}\" says {}",
                machine.escaped(),
                sets(std::slice::from_ref(answer))
            ));
        }
        let serials: Vec<String> = serials.iter().map(ToString::to_string).collect();
        facts.push(format!(
            "serials seen at one address: {}",
            serials.join(", ")
        ));
        return facts;
    }
    for one in &view.authorities {
        let serials: Vec<String> = one.serials().iter().map(ToString::to_string).collect();
        if !serials.is_empty() {
            facts.push(format!(
                "{}: serial {}, {}",
                server(one.server),
                serials.join(", then "),
                sets(&one.sets())
            ));
        }
    }
    if let Kind::Lagging { overdue: true, .. } = difference.kind {
        facts.push("by its form the newest serial is older than REFRESH and RETRY together: it should be everywhere by now".to_owned());
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Confidence;
    use crate::compare::specimen::{self, Says};

    fn lagging(data: &str, serial: u32) -> Report {
        specimen::compared(
            &[],
            &[
                ("192.0.2.1", Says::steady("203.0.113.1", 300)),
                ("192.0.2.2", Says::steady(data, 300).serial(serial)),
            ],
        )
    }

    #[test]
    fn fires_as_a_warning_where_this_name_differs_and_names_the_laggard() {
        let evidence = check(&lagging("198.51.100.1", 6)).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Warning));
        let headline = evidence.headline.unwrap();
        assert!(
            headline.contains("192.0.2.2") && headline.contains("serial 6, the newest is 7"),
            "{headline}"
        );
        assert_eq!(evidence.confidence, Confidence::High);
    }

    #[test]
    fn serials_compare_on_the_circle() {
        let evidence = check(&lagging("198.51.100.1", u32::MAX)).unwrap();
        assert!(evidence.headline.unwrap().contains("newest is 7"));
    }

    #[test]
    fn silent_on_equal_serials() {
        assert!(check(&lagging("203.0.113.1", 7)).is_none());
    }

    #[test]
    fn near_miss_other_serials_with_the_same_data_are_only_a_notice() {
        let evidence = check(&lagging("203.0.113.1", 6)).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Notice));
    }

    #[test]
    fn near_miss_another_operator_counts_for_itself() {
        let report = specimen::compared(
            &[],
            &[
                ("192.0.2.1", Says::steady("203.0.113.1", 300)),
                (
                    "192.0.2.2",
                    Says::steady("203.0.113.1", 300)
                        .serial(900)
                        .primary("ns.other.test."),
                ),
            ],
        );
        assert!(check(&report).is_none());
    }
}
