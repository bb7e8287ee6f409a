//! Whether the servers have the same copy of the zone, by its serials.

use netwhy_report::dns::check::{CheckRecord, CheckedAddress};

use crate::compare::serial::newest;

/// The serials of a zone's servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serials {
    /// Nobody told one.
    None,
    /// One everywhere.
    Equal {
        /// It.
        serial: u32,
    },
    /// Operators that count for themselves: another MNAME goes with another serial.
    ByOperator {
        /// The primaries' names, escaped.
        primaries: Vec<String>,
    },
    /// Some servers of one operator are behind.
    Differ {
        /// The newest, in the order of [RFC 1982](https://www.rfc-editor.org/rfc/rfc1982).
        newest: u32,
        /// The servers that are behind, and with what.
        older: Vec<(String, u32)>,
    },
}

/// What the servers' serials say.
#[must_use]
pub fn seen(record: &CheckRecord) -> Serials {
    let told: Vec<(&CheckedAddress, String, u32)> = record
        .addresses
        .iter()
        .filter_map(|address| {
            let soa = address.soa(&record.zone)?;
            Some((address, soa.primary.escaped(), soa.serial))
        })
        .collect();
    let Some((_, first, serial)) = told.first() else {
        return Serials::None;
    };
    if told.iter().all(|(.., other)| other == serial) {
        return Serials::Equal { serial: *serial };
    }
    let mut primaries: Vec<String> = told.iter().map(|(_, primary, _)| primary.clone()).collect();
    primaries.sort_unstable();
    primaries.dedup();
    let within = |primary: &str| -> Vec<u32> {
        let same = told.iter().filter(|(_, other, _)| other == primary);
        same.map(|(.., serial)| *serial).collect()
    };
    let consistent = |primary: &String| within(primary).windows(2).all(|pair| pair[0] == pair[1]);
    if primaries.len() > 1 && primaries.iter().all(consistent) {
        return Serials::ByOperator { primaries };
    }
    // Where operators differ too, the one that disagrees with itself is told of.
    let at_odds = primaries
        .iter()
        .find(|primary| !consistent(primary))
        .unwrap_or(first);
    let newest = newest(&within(at_odds)).unwrap_or(*serial);
    let older = told
        .iter()
        .filter(|(_, primary, serial)| primary == at_odds && *serial != newest);
    Serials::Differ {
        newest,
        older: older
            .map(|(address, _, serial)| (record.place(address), *serial))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{answers, report};
    use crate::zone_check;

    #[test]
    fn a_server_behind_is_named() {
        let report = report(|record| {
            for probe in &mut record.addresses[1].probes {
                if let netwhy_report::Outcome::Completed { value } =
                    &mut probe.exchange.step.outcome
                {
                    for one in value
                        .answer
                        .iter_mut()
                        .filter(|one| one.record_type == "SOA")
                    {
                        one.data = netwhy_report::Untrusted::from(
                            "ns1.example.test. a. 4294967295 1 1 1 1",
                        );
                    }
                }
            }
        });
        let told = seen(zone_check::record(&report).unwrap());
        let older = vec![("ns2.example.test. 198.51.100.32".to_owned(), u32::MAX)];
        assert_eq!(told, Serials::Differ { newest: 7, older });
    }

    #[test]
    fn sets_differ_whatever_their_order() {
        let report = report(|record| {
            answers(record, 0, "A", &["192.0.2.1", "192.0.2.2"]);
            answers(record, 1, "A", &["192.0.2.2", "192.0.2.1"]);
            answers(record, 0, "MX", &["10 a.test."]);
            answers(record, 1, "MX", &["10 b.test."]);
        });
        assert_eq!(
            zone_check::record(&report).unwrap().differing_types(),
            ["MX"]
        );
    }
}
