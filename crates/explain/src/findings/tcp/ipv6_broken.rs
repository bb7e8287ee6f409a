//! tcp-ipv6-broken: IPv6 fails where IPv4 works.

use netwhy_report::tcp::TcpRecord;
use netwhy_report::{Layer, Report};

use super::blocking::{lines, nc, weighty};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-ipv6-broken",
    layer: Layer::Tcp,
    severity: Severity::Warning,
    headline: "IPv6 is broken for this name while IPv4 works: clients that prefer IPv6 wait or fail",
    what: "No IPv6 address of the name connects, and every IPv4 address does.",
    why: "Most systems prefer IPv6 (RFC 6724). Browsers fall back after 250 ms (RFC 8305); programs without that race wait for the whole connect timeout, on every connection. Typical causes: an AAAA record for a service that does not listen on IPv6, or a firewall that was opened for IPv4 only.",
    fix: "Make the service listen on IPv6 (nginx: listen [::]:443 ssl;) and open the firewall for it, or take the AAAA record out until it does.",
    confirm: "curl -6 URL; curl -4 URL; nc -6 -vz HOST PORT",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, tcp) = report
        .endpoints()
        .into_iter()
        .filter_map(|endpoint| Some((endpoint, endpoint.tcp?)))
        .find(|(_, tcp)| is_the_case(report, tcp))?;
    let failed = weighty(report, tcp);
    let mut facts = lines(&failed);
    facts.push(format!(
        "{} IPv4 addresses connect",
        tcp.connected().count()
    ));
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("IPv6 is broken for {}, IPv4 works", endpoint.host)),
        facts,
        fix: "make the service reachable over IPv6, or take its AAAA record out".to_owned(),
        confirm: nc(&failed),
        confidence: Confidence::High,
        refute: "another IPv6 target fails from this host too: then this host's IPv6 is at fault"
            .to_owned(),
    })
}

/// Every IPv6 address fails, for a reason beyond this host's lack of IPv6, and every IPv4 address connects.
pub(super) fn is_the_case(report: &Report, tcp: &TcpRecord) -> bool {
    let failed = weighty(report, tcp);
    let v6_all_failed = tcp
        .matrix
        .iter()
        .filter(|attempt| attempt.peer.is_ipv6())
        .all(|attempt| attempt.step.failure().is_some());
    !failed.is_empty()
        && failed.iter().all(|attempt| attempt.peer.is_ipv6())
        && v6_all_failed
        && tcp.connected().next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Failure;

    use crate::specimen;

    #[test]
    fn fires_when_only_ipv6_fails() {
        let report = specimen::one_down(
            0,
            Failure::TimedOut {
                after: std::time::Duration::from_secs(5),
            },
        );
        assert!(check(&report).is_some());
        assert!(
            (super::super::address_down::FINDING.check)(&report).is_none(),
            "one fault, one finding"
        );
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_host_without_ipv6_blames_nobody() {
        let mut report = specimen::one_down(
            0,
            Failure::Unreachable {
                errno: 101,
                icmp: None,
            },
        );
        specimen::client(&mut report).ipv6 = None;
        assert!(check(&report).is_none());
    }
}
