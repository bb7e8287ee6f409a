//! tcp-address-down: some addresses of the name fail.

use netwhy_report::tcp::TcpAttempt;
use netwhy_report::{Endpoint, Layer, Report};

use super::blocking::{lines, nc, weighty};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-address-down",
    layer: Layer::Tcp,
    severity: Severity::Warning,
    headline: "some addresses of this name do not work: a share of the clients fails or waits",
    what: "Of the addresses that the name resolves to, some connect and some do not.",
    why: "DNS hands out all addresses, and clients pick one more or less at random. Browsers race them (RFC 8305) and lose 250 ms; curl, Java and many libraries try them one after the other and wait for a timeout; some give up. Monitoring that happens to hit a good address sees nothing.",
    fix: "Take the dead address out of the record set, or repair that backend; use a health-checked DNS or a load balancer.",
    confirm: "nc -vz ADDRESS PORT for each address; curl --resolve HOST:PORT:ADDRESS URL",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, failed) = report
        .endpoints()
        .into_iter()
        .find_map(|endpoint| Some((endpoint, down(report, &endpoint)?)))?;
    let working = endpoint.tcp?.connected().count();
    let mut facts = lines(&failed);
    facts.push(format!(
        "{working} of {} addresses connect",
        working + failed.len()
    ));
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{} of {} addresses of {} do not connect",
            failed.len(),
            working + failed.len(),
            endpoint.host
        )),
        facts,
        fix: "take the dead address out of DNS, or repair that backend".to_owned(),
        confirm: nc(&failed),
        confidence: Confidence::High,
        refute: "that address connects from here, time after time".to_owned(),
    })
}

fn down<'r>(report: &'r Report, endpoint: &Endpoint<'r>) -> Option<Vec<&'r TcpAttempt>> {
    let tcp = endpoint.tcp?;
    let failed = weighty(report, tcp);
    let any = tcp.connected().next().is_some();
    (any && !failed.is_empty() && !super::ipv6_broken::is_the_case(report, tcp)).then_some(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Failure;

    use crate::specimen;

    #[test]
    fn fires_when_one_address_refuses() {
        assert!(check(&specimen::one_down(1, Failure::Refused { icmp: None })).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_when_every_address_is_down() {
        assert!(check(&specimen::unconnected(&Failure::Refused { icmp: None })).is_none());
    }
}
