//! tcp-reset-after-accept: accepted, then reset before a byte.

use netwhy_report::{Endpoint, Failure, Layer, Report};

use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-reset-after-accept",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "the connection is accepted and then reset before a single byte came back",
    what: "The TCP handshake completed, we spoke, and a reset came instead of an answer.",
    why: "A process (or a balancer in front of it) accepted and then aborted: it crashed, closed with unread data, hit a connection limit, has no healthy backend, or a middlebox cut the connection after it saw the first bytes. The network is fine: it carried the handshake and the reset.",
    fix: "Look at the log of the process that owns the port at this second; check the limits of the balancer (maxconn) and the health of its backends.",
    confirm: "curl -v URL (Connection reset by peer); on the target: ss -ltnp sport = :PORT and its log",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let endpoint = report
        .endpoints()
        .into_iter()
        .find(|endpoint| reset_at_once(endpoint))?;
    let winner = endpoint
        .tcp
        .and_then(|tcp| tcp.winner())
        .map_or_else(|| endpoint.authority(), |winner| winner.peer.to_string());
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} accepts the connection and resets it before a byte", endpoint.authority())),
        facts: vec![format!("{winner}: connected, our first bytes were answered with a reset, 0 bytes received")],
        fix: "read the log of the process or balancer that owns this port; check its connection limits and its backends".to_owned(),
        confirm: vec![crate::command::curl(report, &endpoint, "-sv -o /dev/null")],
        confidence: Confidence::High,
        refute: "the same request from another network gets an answer: then a device on the way resets it".to_owned(),
    })
}

fn reset_at_once(endpoint: &Endpoint<'_>) -> bool {
    let reset = |failure: Option<&Failure>| matches!(failure, Some(Failure::Reset { received: 0 }));
    // The reset may come before the kernel has told us of the connection: then the connect reports it.
    let connect = endpoint.tcp.is_some_and(|tcp| reset(tcp.race.failure()));
    let handshake = endpoint
        .tls
        .is_some_and(|tls| reset(tls.handshake.failure()));
    let unanswered = |http: &netwhy_report::http::HttpExchange| {
        http.head.is_none() && reset(http.step.failure())
    };
    let exchange = endpoint.tls.is_none() && endpoint.http.is_some_and(unanswered);
    connect || handshake || exchange
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::{Section, Step};

    use crate::specimen;

    fn ended(failure: Failure) -> Report {
        let mut report = specimen::healthy();
        if let Some(Section::Measured { record }) = report.layers.tls.as_mut() {
            record.handshake =
                Step::failed(record.handshake.start, record.handshake.end(), failure);
            record.judgement = None;
        }
        report
    }

    #[test]
    fn fires_for_a_reset_without_a_byte() {
        assert!(check(&ended(Failure::Reset { received: 0 })).is_some());
    }

    #[test]
    fn silent_on_a_healthy_report() {
        assert!(check(&specimen::healthy()).is_none());
    }

    #[test]
    fn near_miss_a_close_in_good_order_is_another_finding() {
        assert!(check(&ended(Failure::Closed { received: 0 })).is_none());
    }
}
