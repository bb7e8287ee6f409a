//! tls-cipher-mismatch: the server finds nothing that it likes in our offer.

use netwhy_report::{Layer, Report};

use super::handshakes::{self, alert};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-cipher-mismatch",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the server refuses the offer: no common cipher suite, group or signature algorithm",
    what: "The server ended the handshake with handshake_failure or insufficient_security, right after our hello.",
    why: "The hello offers lists: cipher suites, key exchange groups, signature algorithms. When any of these has no overlap with what the server's configuration and certificate allow, the server gives up with one and the same alert (RFC 8446 section 6.2). Typical: only RSA key exchange, CBC or RC4 suites on an old server; an ECDSA certificate with RSA suites only; no certificate loaded for this virtual host; a client certificate that TLS 1.2 demands.",
    fix: "nginx: `ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;` and `ssl_ecdh_curve X25519:prime256v1;`. HAProxy: `ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20`. Take Mozilla's intermediate profile as a base, and see that the listener has a certificate for this name. The server's error log names the reason (`no shared cipher`, `no suitable signature algorithm`).",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST -cipher ALL:@SECLEVEL=0 </dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, fact) = handshakes::alerted(
        report,
        &[alert::HANDSHAKE_FAILURE, alert::INSUFFICIENT_SECURITY],
    )?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} refuses every cipher suite, group or signature algorithm that was offered", endpoint.authority())),
        facts: vec![fact, "which of the three lists has no overlap this alert does not say; the server's error log does".to_owned()],
        fix: "allow ECDHE suites with AES-GCM or ChaCha20 and the groups X25519 and P-256, and check that a certificate is loaded for this name".to_owned(),
        confirm: vec![command::s_client(report, &endpoint, "-cipher ALL:@SECLEVEL=0"), command::s_client(report, &endpoint, "-tls1_2 -cipher ECDHE+AESGCM")],
        confidence: Confidence::Medium,
        refute: "the widest offer (-cipher ALL:@SECLEVEL=0) is refused as well: then a missing certificate or a demanded client certificate is to blame".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::chain::specimens;
    use super::*;

    #[test]
    fn the_alert_fires_with_its_name_in_the_evidence() {
        let evidence = check(&specimens::alert(40, "handshake_failure")).unwrap();
        assert!(
            evidence.facts[0].ends_with("alert 40 (handshake_failure)"),
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
        assert!(check(&specimens::alert(70, "protocol_version")).is_none());
    }
}
