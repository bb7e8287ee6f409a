//! tls-name-unrecognized: the server does not serve the name that SNI gave.

use netwhy_report::{Layer, Report};

use super::handshakes::{self, alert};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-name-unrecognized",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the server refuses this name: no virtual host there serves it",
    what: "The server ended the handshake with unrecognized_name: the name in SNI is none of its own, and it has no default.",
    why: "One address serves many names; the client says in the clear which one it wants (SNI, RFC 6066 section 3), and the server picks the certificate by it. A server with strict SNI refuses names that it does not know: HAProxy with `strict-sni`, nginx with `ssl_reject_handshake on;`, CDNs for domains that nobody attached. Usually DNS points here, but the site was never added, was removed, or this node has an old configuration.",
    fix: "Add the name where TLS ends: nginx `server_name NAME;` in a `listen 443 ssl` block with its certificate; HAProxy: a PEM with that name in `bind :443 ssl crt /etc/haproxy/certs/ strict-sni`; CDN: attach the domain. If the name belongs elsewhere, correct DNS.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST </dev/null; openssl s_client -connect HOST:PORT -noservername </dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, fact) = handshakes::alerted(report, &[alert::UNRECOGNIZED_NAME])?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} does not serve this name", endpoint.authority())),
        facts: vec![fact, format!("sent by SNI: \"{}\"", netwhy_report::untrusted::escape(endpoint.host))],
        fix: "attach the name and its certificate to the server or CDN that DNS points to, or correct DNS".to_owned(),
        confirm: vec![command::s_client(report, &endpoint, ""), command::s_client_without_name(report, &endpoint)],
        confidence: Confidence::High,
        refute: "the handshake fails with the same alert for a name that surely lives there".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::chain::specimens;
    use super::*;

    #[test]
    fn the_alert_fires_with_its_name_in_the_evidence() {
        let evidence = check(&specimens::alert(112, "unrecognized_name")).unwrap();
        assert!(
            evidence.facts[0].ends_with("alert 112 (unrecognized_name)"),
            "{:?}",
            evidence.facts
        );
        assert!(evidence.confirm[0].starts_with("openssl s_client -connect"));
    }

    #[test]
    fn a_completed_handshake_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn another_alert_is_another_finding() {
        assert!(check(&specimens::alert(40, "handshake_failure")).is_none());
    }
}
