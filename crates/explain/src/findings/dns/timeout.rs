//! dns-timeout: no resolver answers.

use netwhy_report::dns::DnsTransport;
use netwhy_report::{Failure, Layer, Report};

use super::asked;
use super::unresolved::{dig, lines, unresolved};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-timeout",
    layer: Layer::Dns,
    severity: Severity::Error,
    headline: "no resolver answers: nothing can be resolved",
    what: "Every question went out and nothing came back, from any resolver, within the budget.",
    why: "\
DNS over UDP has no connection: a question that a firewall drops, an answer that is dropped on the way back, a resolver that is down and a route that
leads nowhere all look like silence. A stopped service on a living host is different: it is refused at once (ICMP port unreachable).

glibc waits 5 s per server and tries twice, so a lookup fails after 10 s with one server and later with more; programs show \"Temporary failure in name
resolution\" (EAI_AGAIN), not \"unknown host\". Typical causes: egress rules without port 53, a VPN that went down and left its servers in
resolv.conf, a full conntrack table (`nf_conntrack: table full`), a resolver whose own upstream is dead and which says nothing, an answer too large for
the path.",
    fix: "\
See first where it ends: does TCP answer while UDP does not (UDP filtered, or fragments lost), does the resolver's host answer to anything, does the question
arrive there (tcpdump on the resolver)? Then open UDP *and* TCP port 53, or start the service:
  nft add rule inet filter output udp dport 53 accept
  nft add rule inet filter output tcp dport 53 accept
  systemctl status unbound named systemd-resolved;  ss -lunp 'sport = :53'

To work again meanwhile, point at a resolver that answers:
  /etc/resolv.conf    nameserver 192.0.2.53
                      options timeout:1 attempts:2
  systemd-resolved    resolvectl dns IFACE 192.0.2.53
  NetworkManager      nmcli connection modify NAME ipv4.dns 192.0.2.53 && nmcli connection up NAME
  Kubernetes          kubectl -n kube-system get pods,endpoints -l k8s-app=kube-dns; network policies must allow 53/UDP and 53/TCP

`ls -l /etc/resolv.conf` first: if it is a link, somebody writes it, and your edit is gone with the next lease.",
    confirm: "\
dig HOST @SERVER
dig +tcp HOST @SERVER
ip route get SERVER
tcpdump -ni any host SERVER and port 53
cat /etc/resolv.conf; resolvectl status",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    diagnosed(report).or_else(|| looked_up(report))
}

fn looked_up(report: &Report) -> Option<Evidence> {
    let record = asked::lookup(report)?;
    if asked::replies(record).next().is_some() {
        return None;
    }
    let silent = record.exchanges.iter().find(|exchange| {
        matches!(
            exchange.step.failure(),
            Some(Failure::TimedOut { .. } | Failure::DnsMismatched { .. })
        )
    })?;
    let mut confirm = vec![asked::command(silent, "")];
    if silent.server.transport == DnsTransport::Udp {
        confirm.push(asked::command(silent, " +tcp"));
    }
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!("no server answers about {}", asked::name(report))),
        facts: asked::lines(record),
        fix: "check that the server runs and that its port is open to us, over UDP and TCP, or ask another one"
            .to_owned(),
        confirm,
        confidence: Confidence::High,
        refute: "the same command from this host gets an answer".to_owned(),
    })
}

fn diagnosed(report: &Report) -> Option<Evidence> {
    let (endpoint, record) = unresolved(report).into_iter().find(|(_, record)| {
        let silent = record
            .queries
            .iter()
            .any(|query| matches!(query.step.failure(), Some(Failure::TimedOut { .. })));
        silent && record.answers().next().is_none()
    })?;
    let mut confirm = vec![dig(endpoint.host, record.queries.last(), "")];
    confirm.push(dig(endpoint.host, record.queries.last(), " +tcp"));
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!(
            "none of the {} resolvers answers about {}",
            record.servers().len(),
            endpoint.host
        )),
        facts: lines(record),
        fix: "check that the resolver runs and that port 53 is open to it, or use one that answers"
            .to_owned(),
        confirm,
        confidence: Confidence::High,
        refute: "`dig` to the same server from this host gets an answer".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::specimen;

    fn silence() -> Result<netwhy_report::dns::DnsAnswer, Failure> {
        Err(Failure::TimedOut {
            after: Duration::from_secs(2),
        })
    }

    #[test]
    fn fires_on_silence() {
        assert!(check(&specimen::unresolved(&silence())).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_one_resolver_answers() {
        let mut report = specimen::healthy();
        specimen::second_resolver(&mut report, &silence());
        assert!(check(&report).is_none());
    }

    #[test]
    fn a_lookup_without_any_reply_fires() {
        let silent = || {
            specimen::no_reply(
                "A",
                Failure::TimedOut {
                    after: Duration::from_secs(4),
                },
            )
        };
        assert!(check(&specimen::lookup(vec![silent()])).is_some());
        let answered = vec![silent(), specimen::reply("A", 0, &[])];
        assert!(check(&specimen::lookup(answered)).is_none());
    }
}
