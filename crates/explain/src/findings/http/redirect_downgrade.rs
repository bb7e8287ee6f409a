//! http-redirect-downgrade: a redirect leads from https to http.

use netwhy_report::{Layer, Report};

use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-redirect-downgrade",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "a redirect leads from https to http: the rest goes in clear",
    what: "An https URL answered with a redirect to an http URL.",
    why: "From there on everybody on the path can read and change the traffic, cookies without Secure included. Strict clients stop: HSTS \
          turns it back to https (RFC 6797), often as a loop; Java's HttpURLConnection and many webhook senders refuse. It usually comes from an application \
          behind a proxy that ends TLS: it sees plain HTTP and builds absolute URLs with http.",
    fix: "Pass the scheme on and trust it: nginx `proxy_set_header X-Forwarded-Proto $scheme;` and `proxy_redirect http:// https://;` as a \
          stopgap; HAProxy `http-request set-header X-Forwarded-Proto https if { ssl_fc }`; for redirects that nginx makes itself, `absolute_redirect off;`. Set the \
          application's base URL to https, and send `Strict-Transport-Security`.",
    confirm: "curl -sI URL | grep -i '^location'",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = report.layers.http.as_ref()?.record()?;
    let index = record
        .hops
        .windows(2)
        .position(|pair| pair[0].secure && !pair[1].secure)?;
    let endpoint = *report.endpoints().get(index)?;
    let (from, to) = (
        record.hops[index].url.escaped(),
        record.hops[index + 1].url.escaped(),
    );
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!(
            "{} redirects from https to http",
            endpoint.authority()
        )),
        facts: vec![format!("hop {index}: {from} redirects to {to}")],
        fix: "let the application know the outer scheme (X-Forwarded-Proto) and build https URLs"
            .to_owned(),
        confirm: vec![format!(
            "{} | grep -i '^location'",
            command::curl(report, &endpoint, "-sI")
        )],
        confidence: Confidence::High,
        refute:
            "the Location seen by other clients is https (it may depend on headers or on the node)"
                .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn a_step_from_https_to_http_names_both_urls() {
        let evidence = check(&specimens::redirected(&["http://shop.example.test/login"])).unwrap();
        assert!(
            evidence.facts[0].ends_with("redirects to http://shop.example.test/login"),
            "{:?}",
            evidence.facts
        );
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn an_upgrade_and_a_redirect_within_https_are_fine() {
        assert!(check(&specimens::redirected(&["https://www.shop.example.test/"])).is_none());
        let mut upgrade = specimens::redirected(&["https://shop.example.test/"]);
        specimens::record(&mut upgrade).hops[0].secure = false;
        assert!(check(&upgrade).is_none());
    }
}
