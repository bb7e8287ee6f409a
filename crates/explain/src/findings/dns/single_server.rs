//! dns-single-server: the whole zone hangs on one server, address or network.

use netwhy_report::{Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::shell::quote;
use crate::zone_check::{self, delegation};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-single-server",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "the zone hangs on one server, one address or one network: when that fails, every name in it is gone",
    what: "\
All name servers of the zone are one server, share one address, or stand in one network (a /24 of IPv4, a /48 of IPv6).",
    why: "\
RFC 2182 asks for servers that do not fail together: another building, another network, another operator. One router, one power supply, one filter rule or one
attack on one prefix takes the whole zone away: web, mail and everything else in it, and with the negative cache for minutes after it is back. Anycast hides many
machines behind one address, which this test cannot see; one prefix is a single point even then, since routes are announced by prefix.",
    fix: "\
Add a second name server elsewhere: a secondary at another provider that fetches the zone (AXFR with TSIG), listed in the zone's NS records and at the
registrar. Most providers of secondary DNS need no more than the primary's address and a key.",
    confirm: "\
dig +short ZONE NS
dig +short NAME-SERVER A NAME-SERVER AAAA",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = zone_check::record(report)?;
    let point = delegation::single_point(record)?;
    let zone = record.zone.escaped();
    let what = match point {
        delegation::SinglePoint::Server => "one name server".to_owned(),
        delegation::SinglePoint::Address(address) => format!("one address, {address}"),
        delegation::SinglePoint::Network(network) => {
            let bits = if network.is_ipv4() { 24 } else { 48 };
            format!("one network, {network}/{bits}")
        }
    };
    let facts = record.addresses.iter().map(|address| record.place(address));
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!("all of {zone} hangs on {what}")),
        facts: facts.collect(),
        fix: format!("give {zone} a second name server in another network"),
        confirm: vec![format!("dig +short {} NS", quote(&zone))],
        confidence: match point {
            delegation::SinglePoint::Server => Confidence::High,
            _ => Confidence::Medium,
        },
        refute: "the name servers stand in networks that do not fail together".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::check::{moved, report};

    #[test]
    fn fires_on_one_server() {
        let report = report(|record| {
            record.servers.truncate(1);
            record.addresses.truncate(1);
        });
        assert!(
            check(&report)
                .unwrap()
                .headline
                .unwrap()
                .contains("one name server")
        );
    }

    #[test]
    fn fires_on_one_network() {
        let report = report(|record| moved(record, 1, "192.0.2.200"));
        assert!(
            check(&report)
                .unwrap()
                .headline
                .unwrap()
                .contains("192.0.2.0/24")
        );
    }

    #[test]
    fn silent_on_two_networks() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_one_network_of_a_site() {
        let report = report(|record| {
            moved(record, 0, "10.9.0.1");
            moved(record, 1, "10.9.0.2");
        });
        assert!(check(&report).is_none());
    }
}
