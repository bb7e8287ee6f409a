//! http-redirect-loop: redirects lead back to where they began, or never end.

use netwhy_report::http::RedirectEnd;
use netwhy_report::{Layer, Report};

use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};

pub(super) static FINDING: Declaration = Declaration {
    code: "http-redirect-loop",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "the redirects go in circles: browsers report ERR_TOO_MANY_REDIRECTS",
    what: "A redirect leads to a URL that was already asked for, or the budget of redirects was spent without an answer.",
    why: "Two rules disagree about the canonical URL. The classic: a proxy or CDN ends TLS and talks plain HTTP to an origin that redirects \
          every plain request to https, so it sees the same plain request for ever (Cloudflare's \"Flexible\" mode). Others: www against \
          no www in two layers, a slash added here and removed there, a login page that needs a login or a cookie. A client may detect the circle and stop \
          (RFC 9110 section 15.4).",
    fix: "Keep the redirect in one layer. Behind a proxy let the application decide by X-Forwarded-Proto: nginx `proxy_set_header \
          X-Forwarded-Proto $scheme;` HAProxy `http-request set-header X-Forwarded-Proto https if { ssl_fc }`, and in the application \
          trust that proxy (`SECURE_PROXY_SSL_HEADER`, `trust proxy`, `ForwardedHeaders`). Cloudflare: SSL mode \"Full (strict)\".",
    confirm: "curl -sIL --max-redirs 10 URL | grep -iE '^(HTTP|location)'",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let record = report.layers.http.as_ref()?.record()?;
    let (end, confidence) = match &record.redirect_end {
        RedirectEnd::Loop { back_to } => {
            let target = record
                .hops
                .get(*back_to)
                .map(|hop| hop.url.escaped())
                .unwrap_or_default();
            (
                format!("then back to hop {back_to}: {target}"),
                Confidence::High,
            )
        }
        RedirectEnd::BudgetSpent { followed } => (
            format!("given up after {followed} redirects"),
            Confidence::Medium,
        ),
        _ => return None,
    };
    let target = report.endpoints().into_iter().next()?;
    let mut facts: Vec<_> = record
        .hops
        .iter()
        .enumerate()
        .map(|(index, hop)| {
            let status = hop
                .exchange
                .head
                .as_ref()
                .map(|head| format!(" ({})", head.status))
                .unwrap_or_default();
            format!("hop {index}: {}{status}", hop.url.escaped())
        })
        .collect();
    facts.push(end);
    if record.hops.iter().any(|hop| {
        hop.exchange
            .head
            .as_ref()
            .is_some_and(|head| head.header("set-cookie").is_some())
    }) {
        facts.push("a hop sets a cookie, and this run sends none back: a client with cookies may get through".to_owned());
    }
    Some(Evidence {
        hop: None,
        severity: None,
        headline: Some(format!("the redirects of {} never arrive ({} requests)", target.authority(), record.hops.len())),
        facts,
        fix: "keep the redirect in one layer; behind a proxy that ends TLS, pass X-Forwarded-Proto and let the application trust it".to_owned(),
        confirm: vec![format!("{} | grep -iE '^(HTTP|location)'", command::curl(report, &target, "-sIL --max-redirs 10"))],
        confidence,
        refute: "with a cookie jar (curl -b '' -L) the redirects arrive: then a cookie check is the reason".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::specimens;
    use super::*;

    fn ended(end: RedirectEnd) -> Report {
        let mut report = specimens::redirected(&[
            "https://shop.example.test/login",
            "https://shop.example.test/a\r\nb",
        ]);
        specimens::record(&mut report).redirect_end = end;
        report
    }

    #[test]
    fn every_url_of_the_circle_is_listed_and_escaped() {
        let facts = check(&ended(RedirectEnd::Loop { back_to: 1 }))
            .unwrap()
            .facts;
        assert_eq!(facts[1], "hop 1: https://shop.example.test/login (301)");
        assert_eq!(facts[2], "hop 2: https://shop.example.test/a\\r\\nb (301)");
        assert_eq!(
            facts[3],
            "then back to hop 1: https://shop.example.test/login"
        );
        assert!(check(&ended(RedirectEnd::BudgetSpent { followed: 10 })).is_some());
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn redirects_that_settle_or_are_not_followed_are_no_loop() {
        assert!(check(&ended(RedirectEnd::Settled)).is_none());
        assert!(check(&ended(RedirectEnd::NotFollowed)).is_none());
    }
}
