//! http-truncated: the head arrived, the body broke off or stalled.

use netwhy_report::{Failure, Layer, Report};

use crate::command;
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::spans::brief;

pub(super) static FINDING: Declaration = Declaration {
    code: "http-truncated",
    layer: Layer::Http,
    severity: Severity::Error,
    headline: "the response breaks off: its body ended or stalled before it was complete",
    what: "Status line and header arrived, but the body ended before its declared length or last chunk, was reset, or stopped coming.",
    why: "A body's end is declared by Content-Length, by the last chunk, or by END_STREAM in HTTP/2 (RFC 9112 section 6.3, RFC 9113 section \
          8.1); anything shorter is incomplete (RFC 9112 section 8). Causes: the application died in mid-answer, a proxy's buffer could not be written \
          (disk full, rights on /var/lib/nginx/proxy), a send or read timeout between hops, a Content-Length of the uncompressed size. \
          If bodies always stall after the first kilobytes, suspect the path MTU.",
    fix: "nginx' error log: `upstream prematurely closed connection while reading upstream` (the application), `open() \
          \"/var/lib/nginx/proxy/...\" failed` (buffer directory), `upstream timed out` (`proxy_read_timeout`). HAProxy: termination flags SD or CD in the log. \
          Compare Content-Length with the file's size on the server.",
    confirm: "curl -sv -o /dev/null URL (error 18: transfer closed with outstanding data; error 92: HTTP/2 stream error)",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let (endpoint, head, how) = report.endpoints().into_iter().find_map(|endpoint| {
        let exchange = endpoint.http?;
        let head = exchange.head.as_ref()?;
        let how = match exchange.step.failure()? {
            Failure::BodyTruncated { received } => format!("the body ended after {received} bytes"),
            Failure::Reset { .. } => "the connection was reset while the body came".to_owned(),
            Failure::Closed { .. } => "the connection was closed while the body came".to_owned(),
            Failure::TimedOut { after } => {
                format!("the body was not complete after {}", brief(*after))
            }
            _ => return None,
        };
        Some((endpoint, head, how))
    })?;
    let mut facts = vec![
        format!("{}: {how}", command::url(report, &endpoint)),
        format!("status {}, {}", head.status, head.version.name()),
    ];
    facts.extend(
        [
            "content-length",
            "transfer-encoding",
            "content-encoding",
            "server",
            "via",
        ]
        .iter()
        .filter_map(|name| Some(format!("{name}: {}", head.header(name)?.escaped()))),
    );
    Some(Evidence {
        hop: Some(endpoint.hop),
        severity: None,
        headline: Some(format!("the response of {} breaks off: {how}", endpoint.authority())),
        facts,
        fix: "look for the moment in the server's and the proxy's error logs: a crash in mid-answer, an unwritable proxy buffer, a timeout between hops".to_owned(),
        confirm: vec![command::curl(report, &endpoint, "-sv -o /dev/null")],
        confidence: Confidence::High,
        refute: "a repeated transfer of the same URL is complete: then a node or the path fails now and then".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::answer::specimens;
    use super::*;

    #[test]
    fn a_body_that_ends_early_is_counted() {
        let report = specimens::failed(Failure::BodyTruncated { received: 512 }, true);
        assert!(check(&report).unwrap().facts[0].ends_with("the body ended after 512 bytes"));
    }

    #[test]
    fn a_healthy_answer_is_silent() {
        assert!(check(&crate::specimen::healthy()).is_none());
    }

    #[test]
    fn a_failure_before_the_head_is_another_finding() {
        let failure = Failure::TimedOut {
            after: Duration::from_secs(20),
        };
        assert!(check(&specimens::failed(failure.clone(), false)).is_none());
        assert!(
            check(&specimens::failed(failure, true)).is_some(),
            "a stalled body counts"
        );
    }
}
