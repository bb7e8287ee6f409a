//! tcp-closed-after-accept: the connection was accepted, then closed in good order without an answer.

use netwhy_report::{Endpoint, Failure, Layer, Report};

use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-closed-after-accept",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "the connection is accepted, then closed without an answer: curl says `Empty reply from server`",
    what: "TCP connected, and the peer closed (FIN) instead of answering our TLS hello or HTTP request.",
    why: "A close in good order is a decision of a program, not of the network. Typical programs: a TCP proxy or port forward whose backend is \
          down (HAProxy in `mode tcp`, AWS NLB, `docker-proxy`, `kubectl port-forward`, an SSH tunnel), a worker that dies on accept, an access \
          list (`tcpwrappers`, nginx `return 444;`, HAProxy `tcp-request connection reject`), a connection limit. An overloaded kernel or a firewall would \
          be silent or reset.",
    fix: "Find who has the port: `ss -ltnp 'sport = :PORT'`. If it is a proxy, check its backend from there (`curl -v http://BACKEND:PORT/`, HAProxy \
          `show servers state`). If it is the application, read its log for a crash or a refused peer. If it is a rule, admit this address.",
    confirm: "curl -sv -o /dev/null URL; on the server: ss -ltnp 'sport = :PORT'",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, sent) = report
        .endpoints()
        .into_iter()
        .find_map(|endpoint| Some((endpoint, unanswered(&endpoint)?)))?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} accepts the connection, then closes it without answering the {sent}", endpoint.authority())),
        facts: vec![format!("{}: connected, {sent} sent, then closed by the peer (FIN, not RST)", endpoint.authority())],
        fix: "find who has the port (ss -ltnp); a proxy there has lost its backend, or a rule turns this address away".to_owned(),
        confirm: vec![
            command::curl(report, &endpoint, "-sv -o /dev/null"),
            format!("ss -ltnp 'sport = :{}'", endpoint.port),
        ],
        confidence: Confidence::Medium,
        refute: "another client gets an answer from the same address: then an access list is to blame, not the backend".to_owned(),
    })
}

/// What was sent and not answered, if the peer then closed.
fn unanswered(endpoint: &Endpoint<'_>) -> Option<&'static str> {
    if let Some(Failure::Closed { .. }) = endpoint.tls.and_then(|tls| tls.handshake.failure()) {
        return Some("TLS hello");
    }
    let exchange = endpoint.http?;
    let closed = matches!(exchange.step.failure()?, Failure::Closed { .. });
    (closed && exchange.head.is_none() && exchange.stamps.response_start.is_none())
        .then_some("request")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use netwhy_report::{Section, Step};

    use super::*;

    fn ended(failure: Failure) -> Report {
        let mut report = crate::specimen::healthy();
        let Some(Section::Measured { record }) = &mut report.layers.http else {
            panic!("the specimen speaks HTTP")
        };
        let exchange = &mut record.hops[0].exchange;
        exchange.step = Step::failed(exchange.step.start, exchange.step.end(), failure);
        exchange.stamps.response_start = None;
        exchange.head = None;
        report
    }

    #[test]
    fn a_close_in_place_of_the_answer_fires_in_http_and_in_tls() {
        assert!(
            check(&ended(Failure::Closed { received: 0 }))
                .unwrap()
                .facts[0]
                .contains("request sent")
        );
        let mut report = crate::specimen::healthy();
        let Some(Section::Measured { record }) = &mut report.layers.tls else {
            panic!("the specimen speaks TLS")
        };
        record.handshake = Step::failed(
            Duration::ZERO,
            Duration::ZERO,
            Failure::Closed { received: 0 },
        );
        assert!(check(&report).unwrap().facts[0].contains("TLS hello sent"));
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_reset_is_another_finding() {
        assert!(check(&ended(Failure::Reset { received: 0 })).is_none());
    }
}
