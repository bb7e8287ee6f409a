//! http-gateway-timeout: an intermediary waited for its upstream in vain (504).

use std::time::Duration;

use netwhy_report::{Layer, Report};

use super::answer;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-gateway-timeout",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "504: the server behind the gateway did not answer in time",
    what: "A proxy, load balancer or CDN answered 504: it passed the request on and gave up waiting. Everything up to the gateway works.",
    why: "504 (RFC 9110 section 15.6.5) is the gateway's timer running out, so the first byte comes after a round number of seconds: 30 (HAProxy examples, Heroku), 60 (nginx proxy_read_timeout, AWS ALB), 100 (Cloudflare, as 524). Each hop has a timer of its own and the shortest one speaks. An early 504 means that not even a connection came about.",
    fix: "Find what hangs behind the gateway (slow query, lock, exhausted pool, unreachable dependency) before raising a timer. For work that must take long: nginx `proxy_read_timeout 120s;`, HAProxy `timeout server 120s`, AWS ALB `idle_timeout.timeout_seconds`; keep timeouts falling from the edge inwards, so that the innermost gives up first.",
    confirm: "curl -sv -o /dev/null -w '%{time_starttransfer}\\n' URL",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let answer = answer::last(report).filter(|answer| answer.head.status == 504)?;
    let mut facts = answer.facts(report);
    facts.extend(answer.exchange.wait().and_then(round_timeout));
    facts.extend(answer.maker());
    Some(Evidence {
        hop: Some(answer.endpoint.hop),
        severity: None,
        headline: Some(format!("{} answers 504: the server behind it did not answer in time", answer.endpoint.authority())),
        facts,
        fix: "find what hangs behind the gateway; raise the timer whose value matches (nginx proxy_read_timeout, HAProxy timeout server) only for work that must take long".to_owned(),
        confirm: vec![command::curl(report, &answer.endpoint, command::CURL_TIMES)],
        confidence: if answer.head.header("proxy-status").is_some() { Confidence::High } else { Confidence::Medium },
        refute: "the backend's log shows that it answered this request in time".to_owned(),
    })
}

/// Timers that gateways come with, in seconds.
const USUAL: [u64; 9] = [3, 5, 10, 15, 20, 30, 60, 100, 120];

fn round_timeout(wait: Duration) -> Option<String> {
    let slack = Duration::from_millis(700);
    let timer = USUAL.into_iter().find(|seconds| {
        (Duration::from_secs(*seconds)..Duration::from_secs(*seconds) + slack).contains(&wait)
    })?;
    Some(format!(
        "the first byte came right after {timer} s: look for a timer of {timer} s along the way"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn a_first_byte_at_a_round_time_names_the_timer() {
        let mut report = specimens::answered(504, &[]);
        let stamps = &mut specimens::exchange(&mut report).stamps;
        stamps.response_start = stamps
            .request_end
            .map(|sent| sent + Duration::from_millis(60_040));
        let evidence = check(&report).unwrap();
        assert!(
            evidence
                .facts
                .iter()
                .any(|fact| fact.contains("a timer of 60 s")),
            "{:?}",
            evidence.facts
        );
        assert!(round_timeout(Duration::from_millis(41_500)).is_none());
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_bad_gateway_is_another_finding() {
        assert!(check(&specimens::answered(502, &[])).is_none());
    }
}
