//! dns-edns-broken in a zone check: how each address takes what RFC 8906 lists.

use netwhy_report::Report;
use netwhy_report::dns::check::{CheckRecord, CheckedAddress, Probe};

use crate::finding::{Confidence, Evidence, Severity};
use crate::zone_check::edns::{SILENCE, Taken, faults, taken};
use crate::zone_check::{self, dig};

pub(super) fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let wrong: Vec<(&CheckedAddress, Vec<(&str, Taken)>)> = zone_check::reachable(record)
        .map(|address| (address, faults(address)))
        .filter(|(_, faults)| !faults.is_empty())
        .collect();
    let fails = |faults: &[(&str, Taken)]| {
        faults
            .iter()
            .any(|(_, taken)| matches!(taken, Taken::Badly(_)))
    };
    // Resolvers do not fall back to plain DNS after silence: without one good address nothing resolves.
    let silent = |address: &CheckedAddress| matches!(taken(address, &Probe::Soa), Taken::Badly(why) if why == SILENCE);
    let dead = record.serving().next().is_some() && record.serving().all(silent);
    let badly = wrong.iter().any(|(_, faults)| fails(faults));
    let (first, _) = wrong.iter().find(|(_, faults)| fails(faults) == badly)?;
    let zone = record.zone.escaped();
    let facts = wrong
        .iter()
        .map(|(address, faults)| line(record, address, faults));
    let headline = if badly && matches!(taken(first, &Probe::Soa), Taken::Badly(_)) {
        format!("servers of {zone} fail queries with EDNS and answer plain ones")
    } else if badly {
        format!("servers of {zone} fail queries with parts of EDNS that they should ignore")
    } else {
        format!("servers of {zone} take EDNS oddly, without harm today")
    };
    let said = wrong
        .iter()
        .flat_map(|(_, faults)| faults)
        .all(|(_, taken)| !matches!(taken, Taken::Badly(why) if why == SILENCE));
    let options = [
        "+norec",
        "+norec +noedns",
        "+norec +edns=1 +noednsnegotiation",
        "+norec +ednsopt=100",
    ];
    Some(Evidence {
        hop: None,
        severity: match (dead, badly) {
            (true, _) => Some(Severity::Error),
            (false, true) => None,
            (false, false) => Some(Severity::Notice),
        },
        headline: Some(headline),
        facts: facts.collect(),
        fix: "upgrade the server or the box in front of it, so that it answers as RFC 8906 says"
            .to_owned(),
        confirm: options
            .iter()
            .map(|options| dig(first.address, &zone, "SOA", options))
            .collect(),
        confidence: if said {
            Confidence::High
        } else {
            Confidence::Medium
        },
        refute: "each of the commands gets an answer, the third one BADVERS".to_owned(),
    })
}

fn line(record: &CheckRecord, address: &CheckedAddress, faults: &[(&str, Taken)]) -> String {
    let parts = faults.iter().filter_map(|(column, taken)| match taken {
        Taken::Oddly(why) | Taken::Badly(why) => Some(format!("{column}: {why}")),
        _ => None,
    });
    format!(
        "{} {}",
        record.place(address),
        parts.collect::<Vec<_>>().join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{fails, report, says};

    #[test]
    fn fires_where_edns_is_rejected_and_plain_works() {
        let evidence = check(&report(|record| says(record, 0, &Probe::Soa, 1))).unwrap();
        assert_eq!(evidence.severity, None);
        assert!(evidence.facts[0].contains("edns0: FORMERR"), "{evidence:?}");
        assert_eq!(evidence.confidence, Confidence::High);
    }

    #[test]
    fn is_an_error_where_all_servers_are_silent_to_edns() {
        let evidence = check(&report(|record| {
            for address in 0..2 {
                fails(record, address, &Probe::Soa);
            }
        }));
        assert_eq!(evidence.unwrap().severity, Some(Severity::Error));
    }

    #[test]
    fn fires_where_an_option_brings_silence() {
        let evidence = check(&report(|record| fails(record, 1, &Probe::UnknownOption))).unwrap();
        assert!(
            evidence.facts[0].contains("option: no answer"),
            "{evidence:?}"
        );
        assert_eq!(evidence.confidence, Confidence::Medium);
    }

    #[test]
    fn notes_a_server_that_takes_any_version() {
        let evidence = check(&report(|record| says(record, 0, &Probe::Version, 0))).unwrap();
        assert_eq!(evidence.severity, Some(Severity::Notice));
    }

    #[test]
    fn silent_on_a_sound_zone() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_a_server_that_refuses_whatever_comes() {
        let report = report(|record| {
            for probe in [
                Probe::Soa,
                Probe::Plain,
                Probe::Tcp,
                Probe::UnknownOption,
                Probe::UnknownFlag,
                Probe::DnssecOk,
                Probe::Version,
                Probe::UnknownType,
            ] {
                says(record, 0, &probe, 5);
            }
        });
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_a_server_that_is_silent_altogether() {
        let report = report(|record| crate::specimen::check::is_silent(record, 0));
        assert!(check(&report).is_none());
    }

    #[test]
    fn near_miss_a_server_that_ignores_edns() {
        let report = report(|record| {
            for probe in &mut record.addresses[0].probes {
                if let netwhy_report::Outcome::Completed { value } =
                    &mut probe.exchange.step.outcome
                {
                    value.edns = None;
                    value.rcode = 0;
                }
            }
        });
        assert!(check(&report).is_none());
    }
}
