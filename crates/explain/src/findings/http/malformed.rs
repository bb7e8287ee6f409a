//! http-malformed: what came back is not a usable HTTP response.

use netwhy_report::http::RedirectEnd;
use netwhy_report::untrusted::escape;
use netwhy_report::{Endpoint, Failure, Layer, Report};

use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-malformed",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "the response breaks the protocol: what came back is not usable HTTP",
    what: "The peer answered, but not with a response that HTTP allows: the head does not parse, broke off, or redirects without a usable Location.",
    why: "Parsers are strict on purpose, since lenient ones disagree and let requests be smuggled (RFC 9112 section 11.2). Common \
          causes: another protocol on the port (a TLS listener asked in clear, a database), an HTTP/2 server spoken to in HTTP/1.1 or the reverse, \
          a script that prints before its header, bare line feeds or control characters in a field, two differing Content-Length fields.",
    fix: "See what comes: `curl -sv --http1.1 --raw URL | head -c 400 | xxd`. Wrong protocol: use the right port or scheme; HAProxy `proto h2` on a server \
          line only if it speaks h2. Broken field: find the application or module that sets it. Redirect: send an absolute http(s) URL or an \
          absolute path in Location.",
    confirm: "curl -sv --http1.1 URL -o /dev/null; curl -sv --http2 URL -o /dev/null",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, fact) = broken(report).or_else(|| unusable_redirect(report))?;
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("{} does not send a usable HTTP response: {fact}", endpoint.authority())),
        facts: vec![format!("{}: {fact}", command::url(report, &endpoint))],
        fix: "look at the raw bytes (curl --raw), check scheme and port, and find what writes the broken head".to_owned(),
        confirm: vec![
            command::curl(report, &endpoint, "-sv -o /dev/null --http1.1"),
            format!("{} | head -c 400 | cat -v", command::curl(report, &endpoint, "-si --http0.9 --http1.1")),
        ],
        confidence: Confidence::High,
        refute: "curl accepts the same response (exit code 0)".to_owned(),
    })
}

fn broken(report: &Report) -> Option<(Endpoint<'_>, String)> {
    report.endpoints().into_iter().find_map(|endpoint| {
        let exchange = endpoint.http?;
        let fact = match exchange.step.failure()? {
            Failure::HttpMalformed { reason } => escape(reason).into_owned(),
            Failure::Closed { .. } | Failure::Reset { .. }
                if exchange.head.is_none() && exchange.stamps.response_start.is_some() =>
            {
                "the connection ended in the middle of the head".to_owned()
            }
            _ => return None,
        };
        Some((endpoint, fact))
    })
}

fn unusable_redirect(report: &Report) -> Option<(Endpoint<'_>, String)> {
    let record = report.layers.http.as_ref()?.record()?;
    let RedirectEnd::Unusable { location } = &record.redirect_end else {
        return None;
    };
    let fact = location.as_ref().map_or_else(
        || "a redirect without a Location field".to_owned(),
        |location| {
            format!(
                "a redirect to \"{}\", which is no http or https URL",
                location.escaped()
            )
        },
    );
    Some((report.endpoints().pop()?, fact))
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn a_broken_head_and_an_unusable_location_fire() {
        let reason = "invalid HTTP version parsed".to_owned();
        assert!(
            check(&specimens::failed(Failure::HttpMalformed { reason }, false))
                .unwrap()
                .facts[0]
                .contains("invalid HTTP version")
        );
        let mut report = specimens::answered(302, &[]);
        let location = Some(Untrusted::from("javascript:1"));
        specimens::record(&mut report).redirect_end = RedirectEnd::Unusable { location };
        assert!(check(&report).unwrap().facts[0].contains("\"javascript:1\""));
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_connection_that_ends_before_any_byte_is_another_finding() {
        assert!(check(&specimens::failed(Failure::Closed { received: 0 }, false)).is_none());
    }
}
