//! Answers that are late, wrong, cut off or elsewhere.

use super::{Answer, Leaf, Names, Scenario, Site};

const fn answered(name: &'static str, summary: &'static str, answer: Answer) -> Scenario {
    Scenario::new(
        name,
        summary,
        Names::Normal,
        Site::Https(Leaf::Good, answer),
    )
}

/// A healthy site that redirects to the site of the scenario with this code.
const fn redirecting(name: &'static str, summary: &'static str, to: &'static str) -> Scenario {
    Scenario {
        code: Some(to),
        ..answered(name, summary, Answer::To(to))
    }
}

pub(super) static SCENARIOS: &[Scenario] = &[
    answered(
        "http-server-slow",
        "The server thinks for 1.2 s",
        Answer::Slow(1200),
    ),
    answered(
        "http-redirect-loop",
        "The redirect leads in a circle",
        Answer::Loop,
    ),
    answered(
        "http-redirect-downgrade",
        "The redirect leads from https to http",
        Answer::To("healthy-plain"),
    ),
    answered(
        "http-bad-gateway",
        "A proxy got no valid answer from its backend",
        Answer::Head("502 Bad Gateway\r\nServer: lab-proxy\r\nVia: 1.1 lab-proxy"),
    ),
    answered(
        "http-unavailable",
        "A balancer has no healthy backend",
        Answer::Head("503 Service Unavailable\r\nServer: lab-proxy\r\nVia: 1.1 lab-proxy"),
    ),
    answered(
        "http-gateway-timeout",
        "A proxy waited 1 s for its backend in vain",
        Answer::GatewayTimeout(1000),
    ),
    answered(
        "http-server-error",
        "The application fails",
        Answer::Head("500 Internal Server Error\r\nServer: lab"),
    ),
    answered(
        "http-client-error",
        "The page does not exist",
        Answer::Head("404 Not Found\r\nServer: lab"),
    ),
    answered(
        "http-rate-limited",
        "The client has used up what it is allowed",
        Answer::Head(
            "429 Too Many Requests\r\nServer: lab\r\nRetry-After: 20\r\n\
             X-RateLimit-Limit: 100\r\nX-RateLimit-Remaining: 0",
        ),
    ),
    answered(
        "http-truncated",
        "The connection ends in the middle of the body",
        Answer::Truncated,
    ),
    answered(
        "http-malformed",
        "A script prints a line of its own before the status line",
        Answer::Bytes("starting up\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlab\n"),
    ),
    redirecting(
        "redirect-to-broken",
        "A healthy site redirects to one whose certificate expired",
        "tls-certificate-expired",
    ),
    redirecting(
        "redirect-to-refused",
        "A healthy site redirects to a port where nothing listens",
        "tcp-refused",
    ),
    redirecting(
        "redirect-to-missing",
        "A healthy site redirects to a name that does not exist",
        "dns-name-missing",
    ),
];
