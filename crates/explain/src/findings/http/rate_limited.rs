//! http-rate-limited: the client sends more than it may (429).

use netwhy_report::{Layer, Report};

use super::answer;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-rate-limited",
    layer: Layer::Http,
    severity: Severity::Warning,
    headline: "429: this client, address or key is over its limit",
    what: "The server answered 429: it works, but this client has used up what it is allowed.",
    why: "A limiter counts per address, token or path (RFC 6585 section 4). Many users behind one NAT or one CI runner count as one; retries without back-off keep the counter full. Retry-After and the RateLimit fields say when it frees. A monitor that probes often can be the cause itself.",
    fix: "Client: wait as Retry-After says, then back off exponentially with jitter; cache; batch. Server: nginx `limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;` with `limit_req zone=api burst=20 nodelay;` and `limit_req_status 429;`. Behind a proxy, key on the real address (`set_real_ip_from`, `real_ip_header`), or all visitors share one counter. Exempt monitors.",
    confirm: "curl -sv -o /dev/null URL 2>&1 | grep -iE '^< (retry-after|ratelimit|x-ratelimit)'",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let answer = answer::last(report).filter(|answer| answer.head.status == 429)?;
    let mut facts = answer.facts(report);
    let limits = answer
        .head
        .headers
        .iter()
        .filter(|field| field.name.contains("ratelimit"));
    facts.extend(limits.map(|field| {
        format!(
            "{}: {}",
            netwhy_report::untrusted::escape(&field.name),
            field.value.escaped()
        )
    }));
    Some(Evidence {
        hop: Some(answer.endpoint.hop),
        severity: None,
        headline: Some(format!("{} answers 429: over the rate limit", answer.endpoint.authority())),
        facts,
        fix: match answer.head.header("retry-after") {
            Some(after) => format!("wait for Retry-After ({}), then back off with jitter; or raise the limit for this client", after.escaped()),
            None => "back off exponentially with jitter, or raise the limit for this client".to_owned(),
        },
        confirm: vec![command::curl(report, &answer.endpoint, command::CURL_TIMES)],
        confidence: Confidence::High,
        refute: "a first request from another address or key is answered 429 as well: then the limit is global or misconfigured".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn the_limiters_fields_are_evidence() {
        let report = specimens::answered(
            429,
            &[("retry-after", "30"), ("x-ratelimit-remaining", "0")],
        );
        let evidence = check(&report).unwrap();
        assert!(
            evidence
                .facts
                .contains(&"x-ratelimit-remaining: 0".to_owned()),
            "{:?}",
            evidence.facts
        );
        assert!(evidence.fix.contains("(30)"));
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_service_that_sheds_everybody_is_another_finding() {
        assert!(check(&specimens::answered(503, &[("retry-after", "30")])).is_none());
    }
}
