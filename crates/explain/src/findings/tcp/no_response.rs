//! tcp-no-response: the connection was accepted, then silence.

use std::time::Duration;

use netwhy_report::tls::Direction;
use netwhy_report::{Endpoint, Failure, Layer, Report};

use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::spans::brief;

pub(super) static FINDING: Declaration = Declaration {
    code: "tcp-no-response",
    layer: Layer::Tcp,
    severity: Severity::Error,
    headline: "the connection is accepted, then nothing comes back",
    what: "TCP connected, we sent our TLS hello or HTTP request, and no answer came within the timeout.",
    why: "The kernel completes the handshake by itself and queues the connection; it needs no living application (`listen(2)`, backlog). So an open \
          port proves only that something listens. Silence after it means: the application hangs (deadlock, exhausted pool, stopped process), its \
          accept queue is full behind a proxy, a firewall lets the small handshake pass and drops what follows, or large packets vanish \
          (path MTU). An upstream that never answers looks the same through a proxy without a timeout.",
    fix: "On the server: `ss -ltn 'sport = :PORT'` (Recv-Q near Send-Q: the application does not accept), `ss -tnp 'sport = :PORT'` \
          (Recv-Q above 0: it accepted, but does not read), `nstat -az TcpExtListenOverflows`. Then its threads (`jstack`, `py-spy dump`, \
          `gdb -p`). Give proxies timeouts so that they answer 504 instead: nginx `proxy_read_timeout`, HAProxy `timeout server`.",
    confirm: "curl -sv --max-time 20 -o /dev/null URL; on the server: ss -ltn 'sport = :PORT'",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, sent, fact) = report.endpoints().into_iter().find_map(|endpoint| {
        let (sent, fact) = handshake(&endpoint).or_else(|| exchange(&endpoint))?;
        Some((endpoint, sent, fact))
    })?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} accepts the connection, then does not answer the {sent}", endpoint.authority())),
        facts: vec![format!("{}: {fact}", endpoint.authority())],
        fix: "see on the server whether the application accepts and reads (ss -ltn, ss -tn: Recv-Q), then why it hangs".to_owned(),
        confirm: vec![
            command::curl(report, &endpoint, "-sv --max-time 20 -o /dev/null"),
            format!("ss -ltn 'sport = :{}'", endpoint.port),
        ],
        confidence: Confidence::Medium,
        refute: "a capture on the server shows its answer leaving: then the path drops it (firewall, MTU)".to_owned(),
    })
}

fn handshake(endpoint: &Endpoint<'_>) -> Option<(&'static str, String)> {
    let tls = endpoint.tls?;
    let Failure::TimedOut { after } = tls.handshake.failure()? else {
        return None;
    };
    let received: u64 = tls
        .flights
        .iter()
        .filter(|flight| flight.direction == Direction::Received)
        .map(|flight| flight.bytes)
        .sum();
    let how = if received == 0 {
        "no answer".to_owned()
    } else {
        format!("only {received} bytes of the handshake")
    };
    Some((
        "TLS hello",
        format!("accepted, hello sent, {how} in {}", brief(*after)),
    ))
}

fn exchange(endpoint: &Endpoint<'_>) -> Option<(&'static str, String)> {
    let exchange = endpoint.http?;
    let Failure::TimedOut { after } = exchange.step.failure()? else {
        return None;
    };
    if exchange.stamps.request_end.is_none()
        || exchange.stamps.response_start.is_some()
        || exchange.head.is_some()
    {
        return None;
    }
    let connected = endpoint
        .tcp
        .and_then(|tcp| tcp.race.duration)
        .unwrap_or(Duration::ZERO);
    Some((
        "request",
        format!(
            "accepted after {}, request sent, no answer in {}",
            brief(connected),
            brief(*after)
        ),
    ))
}

#[cfg(test)]
mod tests {
    use netwhy_report::{Section, Step};

    use super::*;

    fn silent() -> Report {
        let mut report = crate::specimen::healthy();
        let Some(Section::Measured { record }) = &mut report.layers.http else {
            panic!("the specimen speaks HTTP")
        };
        let exchange = &mut record.hops[0].exchange;
        let after = Duration::from_secs(20);
        exchange.step = Step::failed(
            exchange.step.start,
            exchange.step.start + after,
            Failure::TimedOut { after },
        );
        exchange.stamps.response_start = None;
        exchange.stamps.response_end = None;
        exchange.head = None;
        report
    }

    #[test]
    fn a_request_without_an_answer_fires_with_the_time_waited() {
        let evidence = check(&silent()).unwrap();
        assert!(
            evidence.facts[0].ends_with("request sent, no answer in 20.00 s"),
            "{:?}",
            evidence.facts
        );
    }

    #[test]
    fn a_handshake_without_an_answer_fires() {
        let mut report = crate::specimen::healthy();
        let Some(Section::Measured { record }) = &mut report.layers.tls else {
            panic!("the specimen speaks TLS")
        };
        let after = Duration::from_secs(10);
        record.handshake = Step::failed(Duration::ZERO, after, Failure::TimedOut { after });
        record.flights.clear();
        assert!(check(&report).unwrap().facts[0].ends_with("hello sent, no answer in 10.00 s"));
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_body_that_stalls_after_its_head_is_another_finding() {
        let mut report = silent();
        let Some(Section::Measured { record }) = &mut report.layers.http else {
            panic!("the specimen speaks HTTP")
        };
        let stamps = &mut record.hops[0].exchange.stamps;
        stamps.response_start = stamps.request_end;
        assert!(check(&report).is_none());
    }
}
