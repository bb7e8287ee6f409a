//! dns-resolver-down: one of several resolvers is dead.

use std::net::SocketAddr;

use netwhy_report::dns::{DnsExchange, DnsServer, rcode};
use netwhy_report::{Failure, Layer, Report};

use super::asked;
use super::unresolved::{dig, lines};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-resolver-down",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "one configured resolver does not work while another does: lookups pay for it",
    what: "One configured resolver gives no usable answer (silence, refusal or failure), another one does.",
    why: "\
glibc asks the servers of resolv.conf in order, always from the first, and remembers nothing: with a silent one first, each lookup of each program begins with the
wait of 5 s (options timeout:). With it second, nothing is felt, but the redundancy is gone: the next fault is an outage. A server that refuses or says
SERVFAIL costs no wait: glibc goes on at once. Only the first three servers count.

musl (Alpine) asks all of them at once and takes the first answer, so it does not wait, but a wrong answer that comes fast wins.
systemd-resolved stays with a server that works and changes when it fails: one slow lookup, not all. A server that answers NXDOMAIN counts as working for all
of them: a second server with other zones is no fallback.",
    fix: "\
Repair the server, or take its line out of resolv.conf: of the file's maker, if it is a link (`ls -l /etc/resolv.conf`). Until then soften the wait:
  /etc/resolv.conf    options timeout:1 attempts:2 rotate
  systemd-resolved    /etc/systemd/resolved.conf: DNS=192.0.2.53 192.0.2.54, then systemctl restart systemd-resolved
  DHCP                option domain-name-servers (ISC), option-data \"domain-name-servers\" (Kea)
  Kubernetes          a pod's dnsConfig; kubelet --resolv-conf for what CoreDNS forwards to

Better than a list: a cache on this host (Unbound, systemd-resolved, NodeLocal DNSCache) that measures its upstreams.
  Unbound    forward-zone: name: \".\" forward-addr: 192.0.2.53 forward-addr: 192.0.2.54
  CoreDNS    forward . 192.0.2.53 192.0.2.54 (health checks are on; policy random)",
    confirm: "\
dig HOST @SERVER
dig +tcp HOST @SERVER
cat /etc/resolv.conf
time getent ahosts HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    diagnosed(report).or_else(|| looked_up(report))
}

/// A warning where another server answers; an error where none could even be asked. Pure silence is dns-timeout's.
fn looked_up(report: &Report) -> Option<Evidence> {
    let record = asked::lookup(report)?;
    let usable = |exchange: &DnsExchange| exchange.reply().is_some_and(asked::is_usable);
    let works = |server: &DnsServer| {
        let own = record.exchanges.iter();
        own.filter(|exchange| exchange.server == *server)
            .any(usable)
    };
    let dead: Vec<&DnsExchange> = record
        .exchanges
        .iter()
        .filter(|exchange| exchange.step.skip_reason().is_none() && !works(&exchange.server))
        .collect();
    let first = dead.first()?;
    let another = record.exchanges.iter().any(usable);
    let unasked = record.exchanges.iter().all(|exchange| {
        exchange.step.failure().is_some_and(|failure| {
            !matches!(
                failure,
                Failure::TimedOut { .. } | Failure::DnsMismatched { .. }
            )
        })
    });
    if !another && !unasked {
        return None;
    }
    let mut names: Vec<String> = dead.iter().map(|one| one.server.display()).collect();
    names.dedup();
    let names = names.join(", ");
    Some(Evidence {
        hop: None,
        severity: (!another).then_some(Severity::Error),
        headline: Some(match another {
            true => format!("{names} gives no usable answer while another server does"),
            false => format!("{names} cannot be asked"),
        }),
        facts: dead.iter().map(|exchange| asked::line(exchange)).collect(),
        fix: match record.configured {
            true => "repair that server, or take it out of resolv.conf",
            false => "check the server's address, port and transport, and that it serves this name and this network",
        }
        .to_owned(),
        confirm: vec![asked::command(first, "")],
        confidence: Confidence::High,
        refute: "the same command from this host gets an answer, time after time".to_owned(),
    })
}

fn diagnosed(report: &Report) -> Option<Evidence> {
    let record = report
        .endpoints()
        .into_iter()
        .filter_map(|endpoint| endpoint.dns)
        .find(|record| !dead(record).is_empty())?;
    let dead = dead(record);
    // Who refuses or fails answers at once: the stub resolver goes on without a wait.
    let silent = record.queries.iter().any(|query| {
        dead.contains(&query.server)
            && matches!(query.step.failure(), Some(Failure::TimedOut { .. }))
    });
    let wait = record
        .system
        .as_ref()
        .filter(|_| silent)
        .map(|system| system.wait_per_dead_server.as_secs());
    let mut facts = lines(record);
    facts.extend(wait.map(|seconds| {
        format!(
            "a program that asks the dead one first waits up to {seconds} s before it asks the next"
        )
    }));
    let names: Vec<String> = dead.iter().map(ToString::to_string).collect();
    let asked = record
        .queries
        .iter()
        .find(|query| dead.contains(&query.server));
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!(
            "resolver {} does not work while another one does",
            names.join(", ")
        )),
        facts,
        fix: "repair that server, or take it out of resolv.conf".to_owned(),
        confirm: vec![dig(&record.name, asked, "")],
        confidence: Confidence::High,
        refute: "`dig` to that server answers, time after time".to_owned(),
    })
}

/// Servers without one usable answer, if another server has one.
fn dead(record: &netwhy_report::dns::DnsRecord) -> Vec<SocketAddr> {
    let usable = |server: &SocketAddr| {
        let mut own = record
            .answers()
            .filter(|(query, _)| query.server == *server);
        own.any(|(_, answer)| matches!(answer.rcode, rcode::NOERROR | rcode::NXDOMAIN))
    };
    let ended = |server: &SocketAddr| {
        record
            .queries
            .iter()
            .filter(|query| query.server == *server)
            .all(|query| query.step.skip_reason().is_none())
    };
    let (working, dead): (Vec<_>, Vec<_>) = record.servers().into_iter().partition(usable);
    if working.is_empty() {
        Vec::new()
    } else {
        dead.into_iter().filter(ended).collect()
    }
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
    fn fires_when_the_second_resolver_is_silent() {
        let mut report = specimen::healthy();
        specimen::second_resolver(&mut report, &silence());
        assert!(
            check(&report)
                .unwrap()
                .headline
                .unwrap()
                .contains("192.0.2.54")
        );
    }

    #[test]
    fn only_silence_makes_programs_wait() {
        let waits = |answer| {
            let mut report = specimen::healthy();
            specimen::second_resolver(&mut report, &answer);
            specimen::dns(&mut report).system = Some(netwhy_report::dns::SystemPath {
                candidates: vec!["shop.example.test".to_owned()],
                winner: Some("dns".to_owned()),
                addresses: Vec::new(),
                wait_per_dead_server: Duration::from_secs(5),
            });
            let facts = check(&report).unwrap().facts;
            facts.iter().any(|fact| fact.contains("waits up to"))
        };
        assert!(waits(silence()));
        assert!(!waits(Ok(specimen::answer(5, "REFUSED", &[]))));
        assert!(!waits(Err(Failure::Refused { icmp: None })));
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_when_no_resolver_answers_at_all() {
        assert!(check(&specimen::unresolved(&silence())).is_none());
    }

    #[test]
    fn a_lookup_warns_where_another_server_answers_and_fails_where_none_can_be_asked() {
        let refused = || specimen::no_reply("A", Failure::Refused { icmp: None });
        let mut other = specimen::reply("A", 0, &["192.0.2.1"]);
        other.server = "192.0.2.54".parse().unwrap();
        let warning = check(&specimen::lookup(vec![refused(), other])).unwrap();
        assert_eq!(warning.severity, None);
        let error = check(&specimen::lookup(vec![refused()])).unwrap();
        assert_eq!(error.severity, Some(Severity::Error));
        let failure = Failure::TimedOut {
            after: Duration::from_secs(4),
        };
        assert!(check(&specimen::lookup(vec![specimen::no_reply("A", failure)])).is_none());
    }
}
