//! http-server-slow: the wait for the first byte is the server's thinking, not the network's distance.

use netwhy_report::http::HttpExchange;
use netwhy_report::{Endpoint, Layer, Report};

use super::answer::{self, Think};
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::spans::brief;

pub(super) static FINDING: Declaration = Declaration {
    code: "http-server-slow",
    layer: Layer::Http,
    severity: Severity::Warning,
    headline: "the server thinks long before its first byte: edge or origin, not the network",
    what: "Between the request's last byte and the answer's first byte more time passed than a round trip explains: more than 300 ms \
           (`--slow`) are left.",
    why: "The first byte needs one round trip; everything beyond it is spent behind the address that we talk to. The round trip is \
          measured to the edge, so the rest is the edge's and the origin's together: a cache miss that goes to the origin, a queue for a worker, \
          slow queries, a cold start. No lost packet explains it here: the kernel counted no retransmission in between.",
    fix: "Split the time: Server-Timing from the application, nginx `log_format ... $request_time $upstream_connect_time \
          $upstream_header_time;`, HAProxy's timers TR/Tw/Tc/Tr/Ta in the log. A large queue time (Tw) wants workers, a large header time (Tr) a \
          profile of the application. Cache what may be cached (`proxy_cache`, `Cache-Control: s-maxage`).",
    confirm: "curl -s -o /dev/null -w 'connect %{time_connect} tls %{time_appconnect} sent %{time_pretransfer} first byte %{time_starttransfer}\\n' URL",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let slow = report.plan.diagnose()?.http.slow;
    let endpoints = report.endpoints().into_iter();
    let thinking =
        endpoints.filter_map(|endpoint| Some((endpoint, endpoint.http?, thought(&endpoint)?)));
    let (endpoint, exchange, think) = thinking
        .max_by_key(|(_, _, think)| think.rest)
        // What this host kept waiting is not the server's.
        .filter(|(_, _, think)| think.rest.saturating_sub(report.own_delay()) > slow)?;
    let mut facts = vec![format!(
        "{}: {}",
        command::url(report, &endpoint),
        think.fact()
    )];
    let timing = exchange
        .head
        .as_ref()
        .and_then(|head| head.header("server-timing"));
    facts.push(timing.map_or_else(
        || "no Server-Timing field: the server does not say where the time went".to_owned(),
        |timing| format!("server-timing: {}", timing.escaped()),
    ));
    facts.push(format!("called slow from {} on", brief(slow)));
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} takes {} to begin its answer: edge or origin, not the network", endpoint.authority(), brief(think.rest))),
        facts,
        fix: "split the time on the server (nginx $upstream_header_time, HAProxy Tw/Tr, Server-Timing): queueing wants workers, thinking a profile".to_owned(),
        confirm: vec![command::curl(report, &endpoint, command::CURL_TIMES)],
        confidence: if think.round_trip.is_some() && timing.is_some() { Confidence::High } else { Confidence::Medium },
        refute: "repeated requests answer fast: then it was a cold cache or a passing queue".to_owned(),
    })
}

fn thought(endpoint: &Endpoint<'_>) -> Option<Think> {
    let exchange = endpoint.http?;
    if retransmitted(exchange) {
        return None;
    }
    answer::think(endpoint, exchange)
}

/// Whether a segment of ours was lost while we waited: then the wait is the network's.
fn retransmitted(exchange: &HttpExchange) -> bool {
    let count =
        |info: Option<netwhy_report::tcp::TcpInfo>| info.and_then(|info| info.total_retrans);
    match (
        count(exchange.kernel.request_end),
        count(exchange.kernel.response_start),
    ) {
        (Some(before), Some(after)) => after > before,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use netwhy_report::tcp::TcpInfo;

    use super::super::answer::specimens;
    use super::*;

    fn waiting(milliseconds: u64) -> Report {
        let mut report = specimens::answered(200, &[("server-timing", "db;dur=900")]);
        let exchange = specimens::exchange(&mut report);
        exchange.stamps.response_start = exchange
            .stamps
            .request_end
            .map(|sent| sent + Duration::from_millis(milliseconds));
        let rtt = Some(Duration::from_millis(20));
        let info = TcpInfo {
            min_rtt: rtt,
            total_retrans: Some(0),
            ..TcpInfo::default()
        };
        exchange.kernel.request_end = Some(info);
        exchange.kernel.response_start = Some(info);
        report
    }

    #[test]
    fn a_wait_beyond_the_round_trip_is_the_servers() {
        let evidence = check(&waiting(1020)).unwrap();
        assert!(
            evidence.facts[0].contains("round trip 20.0 ms, so edge and origin took 1.00 s"),
            "{:?}",
            evidence.facts
        );
        assert_eq!(evidence.facts[1], "server-timing: db;dur=900");
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn distance_and_a_lost_request_are_not_blamed_on_the_server() {
        let mut far = waiting(600);
        let kernel = &mut specimens::exchange(&mut far).kernel;
        kernel.response_start.as_mut().unwrap().min_rtt = Some(Duration::from_millis(320));
        assert!(check(&far).is_none());
        let mut lost = waiting(1020);
        specimens::exchange(&mut lost)
            .kernel
            .response_start
            .as_mut()
            .unwrap()
            .total_retrans = Some(1);
        assert!(check(&lost).is_none());
    }

    #[test]
    fn a_wait_that_was_our_own_is_not_the_servers() {
        let mut report = waiting(600);
        assert!(check(&report).is_some());
        crate::specimen::hold_up(&mut report, Duration::from_millis(300));
        assert!(check(&report).is_none());
    }
}
