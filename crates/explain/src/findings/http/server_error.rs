//! http-server-error: the server failed while serving the request (5xx).

use netwhy_report::{Layer, Report};

use super::answer;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-server-error",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "the server failed while serving the request",
    what: "The answer is a 5xx other than 502, 503 and 504: whoever made it says that the fault is its own. Network, TLS and the HTTP exchange worked.",
    why: "500 is an unhandled error in the application or its configuration (RFC 9110 section 15.6.1); 501 an unknown method, 505 a refused version, 507 a full disk, 508 a loop, 511 a captive portal. 520 to 526 are Cloudflare's words for a broken origin: 521 refused, 522 connect timeout, 523 unreachable, 524 read timeout, 525 TLS failure, 526 bad certificate. An answer within two round trips was made at the edge.",
    fix: "Look into the application's log at this time and for this request id (x-request-id, cf-ray, traceparent). nginx with `fastcgi_pass` or `rewrite ... cycle`: its error log. For 52x, diagnose the origin directly: `curl --connect-to ::ORIGIN:443 URL`.",
    confirm: "curl -sv -o /dev/null URL",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let answer = answer::last(report).filter(|answer| {
        (500..600).contains(&answer.head.status) && !matches!(answer.head.status, 502..=504)
    })?;
    let mut facts = answer.facts(report);
    facts.extend(answer.maker());
    facts.extend(meaning(answer.head.status).map(str::to_owned));
    Some(Evidence {
        hop: Some(answer.endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{} answers {}: the server failed while serving the request",
            answer.endpoint.authority(),
            answer.head.status
        )),
        facts,
        fix: "read the application's log for this moment and this request id".to_owned(),
        confirm: vec![command::curl(report, &answer.endpoint, command::CURL_TIMES)],
        confidence: Confidence::High,
        refute: "the application's log shows a success for this request: then an intermediary made the error".to_owned(),
    })
}

fn meaning(status: u16) -> Option<&'static str> {
    Some(match status {
        501 => "501: the server does not know this method",
        505 => "505: the server refuses this HTTP version",
        507 => "507: the server has no storage left",
        508 => "508: the server found a loop while serving",
        511 => "511: a captive portal wants a login first",
        520 => "520 (Cloudflare): the origin gave an empty or broken answer",
        521 => "521 (Cloudflare): the origin refuses connections",
        522 => "522 (Cloudflare): the origin does not accept connections in time",
        523 => "523 (Cloudflare): the origin is unreachable",
        524 => "524 (Cloudflare): the origin did not answer within 100 s",
        525 => "525 (Cloudflare): the TLS handshake with the origin failed",
        526 => "526 (Cloudflare): the origin's certificate is not valid",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn an_internal_error_is_told_with_its_status() {
        let evidence = check(&specimens::answered(500, &[("server", "app/1")])).unwrap();
        assert!(evidence.headline.unwrap().contains("answers 500:"));
        assert!(
            evidence.facts.contains(&"server: app/1".to_owned()),
            "{:?}",
            evidence.facts
        );
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn statuses_with_a_finding_of_their_own_are_left_to_it() {
        assert!(
            [502, 503, 504, 499]
                .iter()
                .all(|status| check(&specimens::answered(*status, &[])).is_none())
        );
    }
}
