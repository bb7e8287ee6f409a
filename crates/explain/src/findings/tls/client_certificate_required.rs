//! tls-client-certificate-required: the server wants a certificate from the client (mutual TLS).

use netwhy_report::{Endpoint, Failure, Layer, Report};

use super::handshakes::{self, alert};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tls-client-certificate-required",
    layer: Layer::Tls,
    severity: Severity::Error,
    headline: "the server wants a client certificate: whoever has none is turned away",
    what: "The server asked for a client certificate during the handshake, got none, and ended the connection.",
    why: "With mutual TLS the server sends a CertificateRequest. In TLS 1.3 the client has finished before the server looks at its \
          (empty) answer, so the refusal, alert certificate_required, arrives only when the client reads the response (RFC 8446 \
          section 4.4.2.4); it looks like a broken HTTP exchange. In TLS 1.2 the handshake itself fails. Nothing is broken when the service is meant \
          for known clients: then this test needs a certificate.",
    fix: "Client: present one from a CA that the server accepts: `curl --cert client.pem --key client.key URL`. Server, if the \
          demand is not meant: nginx `ssl_verify_client off;` (or `optional`), HAProxy `verify none` on the `bind` line, Envoy \
          `require_client_certificate: false`.",
    confirm: "openssl s_client -connect HOST:PORT -servername HOST </dev/null | grep -A 8 'Acceptable client certificate CA names'",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, fact, confidence) = refused(report)?;
    let mut facts = vec![fact];
    if endpoint.tls.is_some_and(|tls| {
        tls.handshake
            .value()
            .is_some_and(|done| done.client_certificate_requested)
    }) {
        facts.push(
            "the handshake completed with a CertificateRequest; we sent no certificate".to_owned(),
        );
    }
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} wants a client certificate (mutual TLS)", endpoint.authority())),
        facts,
        fix: "present a client certificate (curl --cert client.pem --key client.key), or stop demanding one (nginx: ssl_verify_client off;)".to_owned(),
        confirm: vec![
            command::s_client(report, &endpoint, ""),
            command::curl(report, &endpoint, "-sv -o /dev/null --cert client.pem --key client.key"),
        ],
        confidence,
        refute: "with a valid client certificate the exchange fails the same way".to_owned(),
    })
}

fn refused(report: &Report) -> Option<(Endpoint<'_>, String, Confidence)> {
    if let Some((endpoint, fact)) = handshakes::alerted(report, &[alert::CERTIFICATE_REQUIRED]) {
        return Some((endpoint, fact, Confidence::High));
    }
    report.endpoints().into_iter().find_map(|endpoint| {
        let failure = endpoint.http?.step.failure()?;
        let requested = endpoint
            .tls
            .and_then(|tls| tls.handshake.value())
            .is_some_and(|done| done.client_certificate_requested);
        let at = endpoint.authority();
        match failure {
            Failure::TlsAlert { code, name }
                if requested || *code == alert::CERTIFICATE_REQUIRED =>
            {
                let name = netwhy_report::untrusted::escape(name);
                Some((
                    endpoint,
                    format!("{at}: alert {code} ({name}) instead of a response"),
                    Confidence::High,
                ))
            }
            Failure::Reset { .. } | Failure::Closed { .. }
                if requested && endpoint.http?.head.is_none() =>
            {
                Some((
                    endpoint,
                    format!("{at}: the connection ended instead of a response"),
                    Confidence::Medium,
                ))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use netwhy_report::{Section, Step};

    use super::super::chain::specimens;
    use super::*;

    fn exchange_failed(failure: Failure, requested: bool) -> Report {
        let mut report = crate::specimen::healthy();
        if let netwhy_report::Outcome::Completed { value } =
            &mut specimens::record(&mut report).handshake.outcome
        {
            value.client_certificate_requested = requested;
        }
        let Some(Section::Measured { record }) = &mut report.layers.http else {
            panic!("the specimen speaks HTTP")
        };
        let exchange = &mut record.hops[0].exchange;
        exchange.step = Step::failed(exchange.step.start, exchange.step.end(), failure);
        exchange.head = None;
        report
    }

    #[test]
    fn an_alert_in_place_of_the_response_fires_as_one_in_the_handshake_does() {
        let name = "certificate_required".to_owned();
        let late = check(&exchange_failed(
            Failure::TlsAlert { code: 116, name },
            true,
        ))
        .unwrap();
        assert_eq!(late.confidence, Confidence::High);
        assert!(check(&specimens::alert(116, "certificate_required")).is_some());
        assert!(check(&exchange_failed(Failure::Closed { received: 0 }, true)).is_some());
    }

    #[test]
    fn a_healthy_exchange_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_connection_that_ends_without_a_request_for_a_certificate_is_another_finding() {
        assert!(check(&exchange_failed(Failure::Closed { received: 0 }, false)).is_none());
    }
}
