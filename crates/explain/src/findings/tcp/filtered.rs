//! tcp-filtered: silence.

use netwhy_report::{Layer, Report};

use super::blocking::{Blocking, blocked, lines, nc};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-filtered",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "no answer at all: packets are dropped on the way in or out, or the host is down",
    what: "Every SYN and every retransmit stayed without any answer until the time was up.",
    why: "Silence means that something drops: a firewall with DROP, a cloud security group, a host that is off behind a router that does not tell, a full accept queue, or the way back. Linux repeats the SYN after 1, 2, 3 and 4 s, so a single lost packet does not look like this.",
    fix: "Check security groups and firewalls for this port from this source; check that the host is up (another port of it answers?) and that its accept queue is not full (ss -ltn: Recv-Q above Send-Q).",
    confirm: "nc -vz -w 5 HOST PORT; on the target: tcpdump -ni any tcp port PORT",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, attempts) = blocked(report, Blocking::Filtered)?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} does not answer: connection attempts end in silence", endpoint.authority())),
        facts: lines(&attempts),
        fix: "open the port in the security group or firewall, or bring the host up; on the target check ss -ltn for a full accept queue".to_owned(),
        confirm: nc(&attempts),
        confidence: Confidence::Medium,
        refute: "a capture on the target shows the SYN arrive and the SYN-ACK leave: then the way back drops it".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Failure;

    use crate::specimen;

    #[test]
    fn fires_when_every_address_ends_so() {
        let evidence = check(&specimen::unconnected(&Failure::TimedOut {
            after: std::time::Duration::from_secs(5),
        }))
        .unwrap();
        assert_eq!(evidence.facts.len(), 2);
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_one_silent_address_of_two() {
        assert!(
            check(&specimen::one_down(
                0,
                Failure::TimedOut {
                    after: std::time::Duration::from_secs(5)
                }
            ))
            .is_none()
        );
    }
}
