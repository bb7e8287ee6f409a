//! Handshakes that failed, by what the peer said.

use netwhy_report::{Endpoint, Failure, Report};

/// Alert numbers of [RFC 8446 §6](https://www.rfc-editor.org/rfc/rfc8446#section-6) that have a finding of their own.
pub(super) mod alert {
    pub(crate) const HANDSHAKE_FAILURE: u8 = 40;
    pub(crate) const PROTOCOL_VERSION: u8 = 70;
    pub(crate) const INSUFFICIENT_SECURITY: u8 = 71;
    pub(crate) const UNRECOGNIZED_NAME: u8 = 112;
    pub(crate) const CERTIFICATE_REQUIRED: u8 = 116;
    pub(crate) const NO_APPLICATION_PROTOCOL: u8 = 120;
}

/// The endpoints whose handshake failed, with the failure.
pub(super) fn failed(report: &Report) -> Vec<(Endpoint<'_>, &Failure)> {
    let endpoints = report.endpoints().into_iter();
    endpoints
        .filter_map(|endpoint| Some((endpoint, endpoint.tls?.handshake.failure()?)))
        .collect()
}

/// The first endpoint whose handshake ended with one of these alerts, and the line of evidence for it.
pub(super) fn alerted<'r>(report: &'r Report, codes: &[u8]) -> Option<(Endpoint<'r>, String)> {
    failed(report)
        .into_iter()
        .find_map(|(endpoint, failure)| match failure {
            Failure::TlsAlert { code, name } if codes.contains(code) => {
                let name = netwhy_report::untrusted::escape(name);
                Some((
                    endpoint,
                    format!(
                        "{} ended the handshake with alert {code} ({name})",
                        endpoint.authority()
                    ),
                ))
            }
            _ => None,
        })
}
