//! http-bad-gateway: an intermediary got no usable answer from its upstream (502).

use netwhy_report::{Layer, Report};

use super::answer;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-bad-gateway",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "502: the gateway got no usable answer from the server behind it",
    what: "A proxy, load balancer or CDN answered 502: it reached for its upstream and the connection was refused, broke, or carried something that is not HTTP. DNS, TCP and TLS up to the gateway work.",
    why: "502 (RFC 9110 section 15.6.3) is made by an intermediary, so its upstream is to blame: the process is down or restarting, listens elsewhere, closes idle keep-alive connections just when the gateway reuses them, sends a header larger than the gateway's buffer, or fails the TLS between the two. Proxy-Status (RFC 9209) names the error, where it is sent. Cloudflare says it with 520 to 526.",
    fix: "Read the gateway's error log: nginx `connect() failed (111: Connection refused) while connecting to upstream`, `upstream prematurely closed connection`, `upstream sent too big header` (then `proxy_buffer_size 16k;`); HAProxy: the termination flags (SC, SH, PH) in the log line. Start the backend or correct the address; keep the upstream's keep-alive timeout above the gateway's (`keepalive_timeout 60s;` in the upstream block against 75 s in the application).",
    confirm: "curl -sv -o /dev/null URL; on the gateway: curl -sv http://BACKEND:PORT/ -o /dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let answer = answer::last(report).filter(|answer| answer.head.status == 502)?;
    let mut facts = answer.facts(report);
    facts.extend(answer.maker());
    Some(Evidence {
        hop: Some(answer.endpoint.hop),
        severity: None,
        headline: Some(format!("{} answers 502: the server behind it gave no usable answer", answer.endpoint.authority())),
        facts,
        fix: "read the gateway's error log for this moment; start the upstream or correct its address, and keep its keep-alive timeout above the gateway's".to_owned(),
        confirm: vec![command::curl(report, &answer.endpoint, command::CURL_TIMES)],
        confidence: if answer.head.header("proxy-status").is_some() { Confidence::High } else { Confidence::Medium },
        refute: "the backend, asked directly from the gateway, answers 502 itself: then it is a gateway too, and the fault lies one step further".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn the_proxys_own_word_makes_it_certain() {
        let report =
            specimens::answered(502, &[("proxy-status", "edge; error=connection_refused")]);
        let evidence = check(&report).unwrap();
        assert!(
            evidence
                .facts
                .contains(&"proxy-status: edge; error=connection_refused".to_owned()),
            "{:?}",
            evidence.facts
        );
        assert_eq!(evidence.confidence, Confidence::High);
        assert_eq!(
            check(&specimens::answered(502, &[])).unwrap().confidence,
            Confidence::Medium
        );
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_gateway_timeout_is_another_finding() {
        assert!(check(&specimens::answered(504, &[])).is_none());
    }
}
