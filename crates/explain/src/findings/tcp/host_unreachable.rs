//! tcp-host-unreachable: the last hop cannot find the host.

use netwhy_report::{Layer, Report};

use super::blocking::{Blocking, blocked, lines};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-host-unreachable",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "host unreachable: the last router, or this host, cannot find the target on its link",
    what: "An ICMP host or address unreachable came back, usually after three seconds of asking for the link address in vain.",
    why: "The last router (or this host, on its own link) resolves the address by ARP or neighbour discovery. If nobody answers three times, the packet is dropped and ICMP host unreachable is sent (RFC 1812 section 5.2.7.1). The sender is the device on the last link: our own address means our own link. Typical causes: the host is off, has another address, or sits in another VLAN.",
    fix: "Bring the host up, or correct its address or VLAN; clear a stale DNS record that still points at it.",
    confirm: "ip neigh; ping HOST; ip route get ADDRESS",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, attempts) = blocked(report, Blocking::HostUnreachable)?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} is unreachable: nobody on its link answers for that address", endpoint.authority())),
        facts: lines(&attempts),
        fix: "bring the host up or correct its address; the evidence names the device that looked for it".to_owned(),
        confirm: attempts.iter().take(1).flat_map(|attempt| [format!("ping -c 3 {}", attempt.peer.ip()), format!("ip neigh show {}", attempt.peer.ip())]).collect(),
        confidence: Confidence::High,
        refute: "the address answers ARP on its link".to_owned(),
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
            icmp: icmp(3, 1),
        }))
        .unwrap();
        assert_eq!(evidence.facts.len(), 2);
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_prohibition_is_a_decision() {
        assert!(
            check(&specimen::unconnected(&Failure::Unreachable {
                errno: 113,
                icmp: icmp(3, 13)
            }))
            .is_none()
        );
    }
}
