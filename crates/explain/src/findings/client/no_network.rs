//! client-no-network: this host has no way out at all.

use netwhy_report::{Failure, Layer, Report, Step};

use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "client-no-network",
    layer: Layer::Client,
    severity: Severity::Error,
    headline: "this host has no route to anywhere: the fault is here, not at the target",
    what: "Neither IPv4 nor IPv6 has a route beyond this host, and nothing that was tried got out.",
    why: "Before a packet leaves, the kernel looks up a route and picks a source address. Without a default route or a usable address every connect fails at once with ENETUNREACH, whatever the state of the target. Typical causes: the link is down, DHCP gave no lease, a VPN took the default route away, a container runs with --network=none.",
    fix: "Bring the interface up and get an address and a default route: ip link; ip addr; ip route; dhclient or nmcli device connect IFACE. In a container, attach a network.",
    confirm: "ip addr; ip route; ip -6 route; ip route get 192.0.2.1",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let client = report.layers.client.as_ref()?;
    if client.ipv4.is_some() || client.ipv6.is_some() {
        return None;
    }
    let target = report.endpoints().into_iter().next();
    let dns = target.and_then(|endpoint| endpoint.dns);
    let tcp = target.and_then(|endpoint| endpoint.tcp);
    // A walk goes to servers far away, which a host with neighbours alone need not reach.
    let looked_up = || {
        report
            .layers
            .dns_lookup
            .iter()
            .flat_map(|record| &record.exchanges)
    };
    let reached = tcp.is_some_and(|tcp| tcp.connected().next().is_some())
        || dns.is_some_and(|dns| dns.answers().next().is_some())
        || looked_up().any(|exchange| exchange.reply().is_some());
    let queries = dns.into_iter().flat_map(|dns| dns.queries.iter());
    let connects = tcp.into_iter().flat_map(|tcp| tcp.matrix.iter());
    let tried: Vec<bool> = queries
        .filter_map(|query| local(&query.step))
        .chain(connects.filter_map(|attempt| local(&attempt.step)))
        .chain(looked_up().filter_map(|exchange| local(&exchange.step)))
        .collect();
    if reached || tried.is_empty() || tried.contains(&false) {
        return None;
    }
    Some(Evidence {
        hop: None,
        severity: None,
        headline: None,
        facts: vec![
            "no route beyond this host for IPv4, none for IPv6".to_owned(),
            format!(
                "{} of {} attempts failed in this host's own routing table",
                tried.len(),
                tried.len()
            ),
        ],
        fix:
            "bring up the interface and its default route on this host (ip link, ip addr, ip route)"
                .to_owned(),
        confirm: vec![
            "ip route get 192.0.2.1".to_owned(),
            "ip addr; ip route; ip -6 route".to_owned(),
        ],
        confidence: Confidence::High,
        refute: "`ip route get 192.0.2.1` prints a route".to_owned(),
    })
}

/// Whether a step failed inside this host; `None` if it did not fail. A resolver on loopback that nobody runs is local too.
fn local<T>(step: &Step<T>) -> Option<bool> {
    step.failure().map(|failure| {
        matches!(
            failure,
            Failure::Unreachable { icmp: None, .. } | Failure::Refused { icmp: None }
        )
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::client::ClientRecord;

    use super::*;
    use crate::specimen;

    fn isolated() -> Report {
        let mut report = specimen::unresolved(&Err(Failure::Unreachable {
            errno: 101,
            icmp: None,
        }));
        let client = specimen::client(&mut report);
        (client.ipv4, client.ipv6) = (None, None);
        report
    }

    #[test]
    fn fires_without_any_route() {
        assert!(check(&isolated()).is_some());
    }

    #[test]
    fn fires_for_a_lookup_that_cannot_leave_this_host() {
        let failure = Failure::Unreachable {
            errno: 101,
            icmp: None,
        };
        let mut report = specimen::lookup(vec![specimen::no_reply("A", failure)]);
        assert!(check(&report).is_none(), "nothing is known of its routes");
        report.layers.client = Some(ClientRecord::default());
        assert!(check(&report).is_some());
        let answered = vec![specimen::reply("A", 0, &["203.0.113.10"])];
        report.layers.dns_lookup = specimen::lookup(answered).layers.dns_lookup;
        assert!(check(&report).is_none());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_loopback_target_needs_no_route() {
        let mut report = specimen::healthy();
        let client = specimen::client(&mut report);
        (client.ipv4, client.ipv6) = (None, None);
        assert!(check(&report).is_none());
    }
}
