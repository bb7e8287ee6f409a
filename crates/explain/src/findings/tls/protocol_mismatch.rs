//! tls-protocol-mismatch: the server and we have no protocol version in common.

use netwhy_report::{Layer, Report};

use super::handshakes::{self, alert};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-protocol-mismatch",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "no common TLS version: the server speaks only versions that modern clients have dropped",
    what: "The server answered our hello, which offers TLS 1.2 and 1.3, with the alert protocol_version.",
    why: "TLS 1.0 and 1.1 are forbidden (RFC 8996); browsers, OpenSSL 3 at its default level and current runtimes no longer offer them. A server that knows nothing newer (an old appliance, Windows Server 2008, Java 6, OpenSSL 1.0.0) is out of reach for them. The opposite happens as well: a server set to 1.3 only turns away clients of 1.2.",
    fix: "nginx: `ssl_protocols TLSv1.2 TLSv1.3;` HAProxy: `ssl-default-bind-options ssl-min-ver TLSv1.2`. Apache: `SSLProtocol -all +TLSv1.2 +TLSv1.3`. An appliance that cannot: update its firmware, or put a proxy that terminates TLS in front of it.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST -tls1_2 </dev/null; openssl s_client -connect HOST:PORT -tls1_1 -cipher DEFAULT@SECLEVEL=0 </dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, fact) = handshakes::alerted(report, &[alert::PROTOCOL_VERSION])?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} refuses TLS 1.2 and 1.3", endpoint.authority())),
        facts: vec![fact, "offered: TLS 1.3 and TLS 1.2".to_owned()],
        fix: "enable TLS 1.2 and 1.3 on the server (nginx: ssl_protocols TLSv1.2 TLSv1.3;)"
            .to_owned(),
        confirm: vec![
            command::s_client(report, &endpoint, "-tls1_2"),
            command::s_client(report, &endpoint, "-tls1_1 -cipher DEFAULT@SECLEVEL=0"),
        ],
        confidence: Confidence::High,
        refute: "a handshake with -tls1_2 or -tls1_3 succeeds".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::chain::specimens;
    use super::*;

    #[test]
    fn the_alert_fires_with_its_name_in_the_evidence() {
        let evidence = check(&specimens::alert(70, "protocol_version")).unwrap();
        assert!(
            evidence.facts[0].ends_with("alert 70 (protocol_version)"),
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
