//! tcp-refused: the target answers, but nothing listens.

use netwhy_report::{Layer, Report};

use super::blocking::{Blocking, blocked, lines, nc};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-refused",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "connection refused: the host answers, but nothing listens on this port",
    what: "The SYN was answered with a reset at once: the host is up and reachable, and no process accepts connections on this address and port.",
    why: "A kernel answers a SYN for a port without a listener with RST (RFC 9293 section 3.10.7.1). Typical causes: the service is down or still starting, listens on another port or on 127.0.0.1 only, or a firewall rejects with tcp-reset, which looks the same from outside.",
    fix: "On the target: ss -ltn shows who listens where; start the service, or bind it to 0.0.0.0 or [::] instead of loopback.",
    confirm: "nc -vz HOST PORT; on the target: ss -ltnp sport = :PORT",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, attempts) = blocked(report, Blocking::Refused)?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} refuses connections: nothing listens there", endpoint.authority())),
        facts: lines(&attempts),
        fix: "start the service on the target, or bind it to the outside address (ss -ltn shows its listeners)".to_owned(),
        confirm: nc(&attempts),
        confidence: Confidence::High,
        refute: "`ss -ltn` on the target shows a listener on this address and port: then a firewall sends the reset".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Failure;

    use crate::specimen;

    #[test]
    fn fires_when_every_address_ends_so() {
        let evidence = check(&specimen::unconnected(&Failure::Refused { icmp: None })).unwrap();
        assert_eq!(evidence.facts.len(), 2);
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_silence_is_not_a_refusal() {
        assert!(
            check(&specimen::unconnected(&Failure::TimedOut {
                after: std::time::Duration::from_secs(5)
            }))
            .is_none()
        );
    }
}
