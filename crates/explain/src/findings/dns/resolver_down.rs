//! dns-resolver-down: one of several resolvers is dead.

use std::net::SocketAddr;

use netwhy_report::dns::rcode;
use netwhy_report::{Layer, Report};

use super::unresolved::{dig, lines};
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-resolver-down",
    layer: Layer::Dns,
    severity: Severity::Warning,
    headline: "one configured resolver does not work while another does: lookups pay for it",
    what: "A resolver gives no usable answer (silence, refusal or failure), another one does.",
    why: "glibc asks the servers of resolv.conf in order and waits 5 s (options timeout:) before it tries the next. With the dead one first, every lookup of every program on this host starts with that wait; with it second, the redundancy is gone.",
    fix: "Repair the server or take its line out of resolv.conf; until then options timeout:1 attempts:2 rotate softens the wait.",
    confirm: "dig @SERVER HOST; cat /etc/resolv.conf",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = report
        .endpoints()
        .into_iter()
        .filter_map(|endpoint| endpoint.dns)
        .find(|record| !dead(record).is_empty())?;
    let dead = dead(record);
    let wait = record
        .system
        .as_ref()
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

    fn silence() -> Result<netwhy_report::dns::DnsAnswer, netwhy_report::Failure> {
        Err(netwhy_report::Failure::TimedOut {
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
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_when_no_resolver_answers_at_all() {
        assert!(check(&specimen::unresolved(&silence())).is_none());
    }
}
