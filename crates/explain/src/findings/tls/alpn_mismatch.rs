//! tls-alpn-mismatch: the server takes none of the application protocols offered.

use netwhy_report::{Layer, Report};

use super::handshakes::{self, alert};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-alpn-mismatch",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the server refuses every application protocol that was offered",
    what: "The server ended the handshake with no_application_protocol.",
    why: "By ALPN (RFC 7301) the client lists what it wants to speak inside TLS: here h2 and http/1.1. A server that speaks neither must refuse with this alert: something other than a web server has the port, such as an MQTT or XMPP broker, a gRPC server that takes h2 alone, an ACME TLS-ALPN responder, or a TCP router such as Traefik with an ALPN rule.",
    fix: "Ask on the port of the web server. If it is one, let it offer both: nginx `http2 on;`, HAProxy `bind :443 ssl crt site.pem alpn h2,http/1.1`.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST -alpn h2,http/1.1 </dev/null; openssl s_client -connect HOST:PORT -servername HOST </dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let http2 = report.plan.diagnose()?.http.http2;
    let (endpoint, fact) = handshakes::alerted(report, &[alert::NO_APPLICATION_PROTOCOL])?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} takes none of the application protocols offered", endpoint.authority())),
        facts: vec![fact, if http2 { "offered: h2 and http/1.1".to_owned() } else { "offered: http/1.1 only".to_owned() }],
        fix: "let the server offer http/1.1 and h2 (HAProxy: alpn h2,http/1.1), or use the port of the web server".to_owned(),
        confirm: vec![command::s_client(report, &endpoint, "-alpn h2,http/1.1"), command::s_client(report, &endpoint, "")],
        confidence: Confidence::High,
        refute: "the handshake without ALPN fails as well".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::chain::specimens;
    use super::*;

    #[test]
    fn the_alert_fires_with_its_name_in_the_evidence() {
        let evidence = check(&specimens::alert(120, "no_application_protocol")).unwrap();
        assert!(
            evidence.facts[0].ends_with("alert 120 (no_application_protocol)"),
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
        assert!(check(&specimens::alert(112, "unrecognized_name")).is_none());
    }
}
