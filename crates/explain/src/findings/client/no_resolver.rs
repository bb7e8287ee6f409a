//! client-no-resolver: this host points at no resolver that could answer.

use netwhy_report::client::FileError;
use netwhy_report::{Failure, Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "client-no-resolver",
    layer: Layer::Client,
    severity: Severity::Error,
    headline: "this host has no working resolver configured: the fault is here, not at the target",
    what: "resolv.conf is missing or unreadable, or every server that it names refuses at once because nothing listens there.",
    why: "Every program on this host asks the servers in /etc/resolv.conf (resolv.conf(5)). If the file is empty or gone, glibc asks 127.0.0.1; if nothing listens on port 53 there, each lookup fails before a question leaves the host. Typical causes: systemd-resolved or dnsmasq stopped, a dangling symlink to stub-resolv.conf, a container image without the file.",
    fix: "Point resolv.conf at a server that answers (nameserver 192.0.2.53), or start the local one: systemctl restart systemd-resolved; ls -l /etc/resolv.conf shows a dangling link.",
    confirm: "cat /etc/resolv.conf; ss -lunp sport = :53; dig @SERVER HOST",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let resolv = report.layers.client.as_ref()?.resolv_conf.as_ref()?;
    let dns = report
        .endpoints()
        .into_iter()
        .find_map(|endpoint| endpoint.dns)?;
    if dns.answers().next().is_some() || dns.from_hosts() {
        return None;
    }
    let dead = dns
        .queries
        .iter()
        .all(|query| matches!(query.step.failure(), Some(Failure::Refused { .. })));
    if !dead {
        return None;
    }
    let mut facts = vec![match resolv.error {
        Some(FileError::Missing) => format!("{} does not exist", resolv.path),
        Some(FileError::Forbidden) => format!("{} may not be read", resolv.path),
        Some(FileError::Unreadable) => format!("{} is not a readable text file", resolv.path),
        None => format!("{} names {} server(s)", resolv.path, resolv.servers.len()),
    }];
    facts.extend(
        dns.servers()
            .iter()
            .map(|server| format!("{server}: connection refused, nothing listens there")),
    );
    facts.extend(resolv.problems.iter().map(|problem| {
        format!(
            "line {} makes no sense: {}",
            problem.line,
            problem.text.escaped()
        )
    }));
    let mut confirm = vec![format!("cat {}", crate::shell::quote(&resolv.path))];
    confirm.extend(
        dns.servers()
            .first()
            .map(|server| format!("ss -lun 'sport = :{}'", server.port())),
    );
    Some(Evidence {
        hop: None,
        severity: None,
        headline: None,
        facts,
        fix: "name a server that answers in resolv.conf, or start the local resolver (systemctl restart systemd-resolved)".to_owned(),
        confirm,
        confidence: Confidence::High,
        refute: "a `dig` to the configured server on this host gets an answer".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen;

    #[test]
    fn fires_when_nothing_listens_at_any_configured_server() {
        let report = specimen::unresolved(&Err(Failure::Refused { icmp: None }));
        assert!(check(&report).unwrap().facts[1].contains("nothing listens"));
    }

    #[test]
    fn fires_for_a_file_that_is_gone() {
        let mut report = specimen::unresolved(&Err(Failure::Refused { icmp: None }));
        let resolv = specimen::client(&mut report).resolv_conf.as_mut().unwrap();
        resolv.error = Some(FileError::Missing);
        resolv.servers.clear();
        specimen::dns(&mut report).queries.clear();
        assert!(check(&report).unwrap().facts[0].contains("does not exist"));
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_silent_server_is_dns_timeout() {
        let report = specimen::unresolved(&Err(Failure::TimedOut {
            after: std::time::Duration::from_secs(2),
        }));
        assert!(check(&report).is_none());
    }
}
