//! tls-handshake-failed: the handshake broke off, and no narrower finding explains it.

use netwhy_report::untrusted::escape;
use netwhy_report::{Endpoint, Failure, Layer, Report};

use super::handshakes::{self, alert};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-handshake-failed",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the TLS handshake failed: the peer sent an alert or broke the protocol",
    what: "TCP works and the peer speaks TLS, but the session did not come about, for a reason without a finding of its own.",
    why: "An alert is the peer's own verdict (RFC 8446 section 6): internal_error (80) points at the server's configuration or a backend \
          of its TLS offload; decode_error (50) and illegal_parameter (47) at a peer that cannot read our hello; access_denied (49) at a policy. A peer that \
          breaks the protocol is an old or odd implementation, or a middlebox that rewrites what passes.",
    fix: "Read the server's error log at the time of the run (nginx: `error_log ... info;` shows handshake failures). Compare with `openssl \
          s_client`, with `-tls1_2`, and from another network. If only one network fails, look for a TLS-inspecting firewall there.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST -state </dev/null",
    check,
};

const NAMED: [u8; 6] = [
    alert::HANDSHAKE_FAILURE,
    alert::PROTOCOL_VERSION,
    alert::INSUFFICIENT_SECURITY,
    alert::UNRECOGNIZED_NAME,
    alert::CERTIFICATE_REQUIRED,
    alert::NO_APPLICATION_PROTOCOL,
];

fn check(report: &Report) -> Option<Evidence> {
    let handshakes = handshakes::failed(report).into_iter();
    let (endpoint, said) =
        handshakes
            .chain(exchanges(report))
            .find_map(|(endpoint, failure)| match failure {
                Failure::TlsAlert { code, name } if !NAMED.contains(code) => Some((
                    endpoint,
                    format!("the peer sent alert {code} ({})", escape(name)),
                )),
                Failure::TlsProtocol { reason } => Some((endpoint, escape(reason).into_owned())),
                _ => None,
            })?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("the TLS handshake with {} failed: {said}", endpoint.authority())),
        facts: vec![format!("{}: {said}", endpoint.authority())],
        fix: "read the server's error log for this moment, and compare with openssl s_client, also with -tls1_2".to_owned(),
        confirm: vec![
            command::s_client(report, &endpoint, "-state"),
            command::s_client(report, &endpoint, "-tls1_2"),
        ],
        confidence: Confidence::Medium,
        refute: "other TLS stacks complete the handshake from here: then our offer is to blame".to_owned(),
    })
}

/// Exchanges that TLS ended after the handshake, unless a demand for a client certificate explains it.
fn exchanges(report: &Report) -> impl Iterator<Item = (Endpoint<'_>, &Failure)> {
    report.endpoints().into_iter().filter_map(|endpoint| {
        let requested = endpoint
            .tls
            .and_then(|tls| tls.handshake.value())
            .is_some_and(|done| done.client_certificate_requested);
        if requested {
            None
        } else {
            Some((endpoint, endpoint.http?.step.failure()?))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::chain::specimens;
    use super::*;

    #[test]
    fn an_alert_without_a_finding_of_its_own_and_a_broken_protocol_fire() {
        assert!(
            check(&specimens::alert(80, "internal_error"))
                .unwrap()
                .facts[0]
                .contains("alert 80 (internal_error)")
        );
        let reason = "bad record".to_owned();
        assert!(check(&specimens::failed(Failure::TlsProtocol { reason })).is_some());
    }

    #[test]
    fn a_completed_handshake_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn an_alert_with_a_finding_of_its_own_is_left_to_it() {
        assert!(
            NAMED
                .iter()
                .all(|code| check(&specimens::alert(*code, "named")).is_none())
        );
    }
}
