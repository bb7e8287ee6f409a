//! http-unavailable: the service turns requests away (503).

use netwhy_report::{Layer, Report};

use super::answer;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-unavailable",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "503: overload, maintenance, or no healthy backend behind the balancer",
    what: "Something answered 503: it is up, but will not or cannot serve now.",
    why: "503 (RFC 9110 section 15.6.4) comes from a balancer without a healthy backend, from load shedding or a circuit breaker, or from a maintenance page. With Retry-After it is deliberate. Within two round trips it was made at the edge, so the application never saw the request. HAProxy sends it when every server of a backend is down or the queue timed out; Envoy with `no healthy upstream` or `upstream connect error ... reset reason: overflow`; Kubernetes ingress when a Service has no ready endpoints.",
    fix: "Look at the health checks first: HAProxy `echo 'show servers state' | socat stdio /run/haproxy/admin.sock`; Kubernetes `kubectl get endpointslices -l kubernetes.io/service-name=NAME`; nginx `no live upstreams` in the error log. If the backends are up, the check is wrong (path, Host, expected status). If it is shedding, add capacity or raise the limit (`maxconn`, `max_connections`); clients must back off as Retry-After says.",
    confirm: "curl -sv -o /dev/null URL",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let answer = answer::last(report).filter(|answer| answer.head.status == 503)?;
    let mut facts = answer.facts(report);
    facts.extend(answer.maker());
    Some(Evidence {
        hop: Some(answer.endpoint.hop),
        severity: None,
        headline: Some(format!("{} answers 503: it is up, but does not serve", answer.endpoint.authority())),
        facts,
        fix: match answer.head.header("retry-after") {
            Some(after) => format!("shed or in maintenance by intent: retry after {}; else look at the health checks of the backends", after.escaped()),
            None => "look at the balancer's health checks: does any backend count as healthy?".to_owned(),
        },
        confirm: vec![command::curl(report, &answer.endpoint, command::CURL_TIMES)],
        confidence: Confidence::Medium,
        refute: "the backends count as healthy and their logs show this very request answered with 503: then the application sheds".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn a_retry_after_is_passed_on() {
        let evidence = check(&specimens::answered(503, &[("retry-after", "120")])).unwrap();
        assert!(evidence.fix.contains("retry after 120"), "{}", evidence.fix);
        assert!(
            evidence.facts[0].starts_with("503 from https://shop.example.test"),
            "{:?}",
            evidence.facts
        );
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_plain_server_error_is_another_finding() {
        assert!(check(&specimens::answered(500, &[])).is_none());
    }
}
