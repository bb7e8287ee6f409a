//! tcp-rejected: a filtering device says no.

use netwhy_report::{Layer, Report};

use super::blocking::{Blocking, blocked, lines, nc};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-rejected",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "a firewall or router rejects the connection and says so",
    what: "An ICMP error came back that prohibits this traffic; the evidence names the device that sent it.",
    why: "A filter that rejects (iptables -j REJECT, a router ACL) answers with ICMP administratively prohibited or port unreachable (RFC 1812 section 5.2.7.1) instead of dropping. The target itself may be healthy. The sender address of the ICMP error is the device to look at; our own address means a local rule.",
    fix: "Allow this source, destination and port on the device that the evidence names; if it is this host, look at nft list ruleset.",
    confirm: "nc -vz HOST PORT; tcpdump -ni any icmp or icmp6",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, attempts) = blocked(report, Blocking::Rejected)?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{} is rejected by a filtering device",
            endpoint.authority()
        )),
        facts: lines(&attempts),
        fix: "allow this traffic on the device that the evidence names".to_owned(),
        confirm: {
            let mut commands = nc(&attempts);
            commands.push("tcpdump -ni any 'icmp or icmp6'".to_owned());
            commands
        },
        confidence: Confidence::High,
        refute: "a capture on that device shows that it forwards the SYN".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Failure;

    use crate::specimen;
    fn icmp(icmp_type: u8, code: u8) -> Option<netwhy_report::IcmpError> {
        Some(netwhy_report::IcmpError {
            from: "192.0.2.1".parse().unwrap(),
            local: false,
            icmp_type,
            code,
        })
    }

    #[test]
    fn fires_when_every_address_ends_so() {
        let evidence = check(&specimen::unconnected(&Failure::Unreachable {
            errno: 113,
            icmp: icmp(3, 13),
        }))
        .unwrap();
        assert_eq!(evidence.facts.len(), 2);
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_an_unreachable_host_is_nobodys_decision() {
        assert!(
            check(&specimen::unconnected(&Failure::Unreachable {
                errno: 113,
                icmp: icmp(3, 1)
            }))
            .is_none()
        );
    }
}
