//! tcp-no-route: there is no way there.

use netwhy_report::{Layer, Report};

use super::blocking::{Blocking, blocked, lines};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-no-route",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "network unreachable: no route leads to this address",
    what: "This host, or a router that said so, has no route to the address.",
    why: "Without a matching route the kernel fails the connect at once (ENETUNREACH); a router without one answers ICMP network unreachable. Typical causes: no default route, a VPN that is down, an address of another site that is only reachable through it, IPv6 addresses on a host without IPv6.",
    fix: "Add the route or bring up the VPN that has it: ip route get ADDRESS shows what this host would do.",
    confirm: "ip route get ADDRESS; ip route",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, attempts) = blocked(report, Blocking::NoRoute)?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("no route leads to {}", endpoint.authority())),
        facts: lines(&attempts),
        fix: "add the route, or bring up the VPN or interface that has it".to_owned(),
        confirm: attempts
            .iter()
            .take(1)
            .map(|attempt| format!("ip route get {}", attempt.peer.ip()))
            .collect(),
        confidence: Confidence::High,
        refute: "`ip route get` prints a route to the address".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Failure;

    use crate::specimen;

    #[test]
    fn fires_when_every_address_ends_so() {
        let evidence = check(&specimen::unconnected(&Failure::Unreachable {
            errno: 101,
            icmp: None,
        }))
        .unwrap();
        assert_eq!(evidence.facts.len(), 2);
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_refusal_came_over_a_route() {
        assert!(check(&specimen::unconnected(&Failure::Refused { icmp: None })).is_none());
    }
}
