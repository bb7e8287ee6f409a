//! http-client-error: the server refuses this request (4xx).

use netwhy_report::{Layer, Report};

use super::answer;
use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-client-error",
    layer: Layer::Http,
    severity: Severity::Warning,
    headline: "the server refuses this request: it, not the network, says so",
    what: "The answer is a 4xx: the server is up and reads the request, and says that the request, the path or the credentials are wrong.",
    why: "401 wants credentials, and WWW-Authenticate says which; 403 refuses although it knows who asks (permissions, an address list, a WAF, a bot check); 404 has nothing at this path, often because the wrong virtual host or prefix answers; 407 comes from a proxy on the way; 421 means that this connection does not serve this name (RFC 9110 section 15.5); nginx says 400 when a client certificate or plain HTTP on a TLS port is at fault. 408 and nginx' 499 are about a slow client.",
    fix: "401: send what WWW-Authenticate asks for. 403: nginx' error log tells (`access forbidden by rule`, `directory index ... is forbidden`); ask the WAF by request id. 404: check `server_name`, `root`, and the slash at the end of `proxy_pass http://app/;` (it replaces the prefix, without it the path is kept). 421: give each name its own certificate, or serve all names of the certificate here.",
    confirm: "curl -sv -o /dev/null URL",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let answer = answer::last(report)
        .filter(|answer| (400..500).contains(&answer.head.status) && answer.head.status != 429)?;
    let mut facts = answer.facts(report);
    facts.push(meaning(answer.head.status).to_owned());
    let handshake = answer.endpoint.tls.and_then(|tls| tls.handshake.value());
    if handshake.is_some_and(|done| done.client_certificate_requested)
        && matches!(answer.head.status, 400 | 401 | 403)
    {
        facts.push(
            "the server asked for a client certificate and we sent none: that may be the reason"
                .to_owned(),
        );
    }
    let record = report
        .layers
        .http
        .as_ref()
        .and_then(|section| section.record());
    if record
        .and_then(|record| record.last())
        .is_some_and(|hop| hop.withheld.is_some())
    {
        facts.push("credentials and header fields of the plan were withheld from this peer: that may be the reason".to_owned());
    }
    Some(Evidence {
        hop: Some(answer.endpoint.hop),
        severity: None,
        headline: Some(format!("{} answers {}", answer.endpoint.authority(), answer.head.status)),
        facts,
        fix: fix(answer.head.status).to_owned(),
        confirm: vec![command::curl(report, &answer.endpoint, command::CURL_TIMES)],
        confidence: Confidence::High,
        refute: "a browser with the same URL and without a session gets another status: then headers, cookies or a bot check decide".to_owned(),
    })
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "400: the server cannot make sense of the request",
        401 => "401: it wants credentials; WWW-Authenticate says which",
        403 => {
            "403: it understood, and refuses: permissions, an address list, a WAF or a bot check"
        }
        404 => "404: nothing lives at this path of this virtual host",
        405 => "405: the path exists, but not for this method",
        407 => "407: a proxy on the way wants credentials",
        408 => "408: the server waited too long for the request",
        410 => "410: it was removed for good",
        421 => {
            "421: this connection does not serve this name (another virtual host's certificate or address)"
        }
        451 => "451: withheld for legal reasons",
        _ => "a 4xx: the server holds the request to be at fault",
    }
}

fn fix(status: u16) -> &'static str {
    match status {
        401 => "send the credentials that WWW-Authenticate asks for",
        403 => "find the rule in the server's or the WAF's log by time and request id",
        404 => {
            "check the path, the virtual host that answers (server_name) and the prefix handling of proxy_pass"
        }
        405 => "use the method that the Allow field names",
        407 => "give the proxy its credentials, or go around it",
        421 => {
            "let DNS, certificate and virtual host of this name agree; do not share connections between names"
        }
        _ => "read the server's log for the reason, by time and request id",
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn a_missing_page_and_a_wanted_login_are_explained() {
        let missing = check(&specimens::answered(404, &[])).unwrap();
        assert!(missing.headline.unwrap().ends_with("answers 404"));
        let login = check(&specimens::answered(
            401,
            &[("www-authenticate", "Basic realm=\"x\"")],
        ))
        .unwrap();
        assert!(
            login
                .facts
                .contains(&"www-authenticate: Basic realm=\"x\"".to_owned()),
            "{:?}",
            login.facts
        );
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_rate_limit_and_a_server_error_are_other_findings() {
        assert!(
            [399, 429, 500]
                .iter()
                .all(|status| check(&specimens::answered(*status, &[])).is_none())
        );
    }
}
