//! Endpoints without a fault: nothing may be blamed here.

use super::{Answer, Leaf, Names, OK, Scenario, Site};

const fn healthy(name: &'static str, summary: &'static str, site: Site) -> Scenario {
    Scenario {
        name,
        code: None,
        summary,
        names: Names::Normal,
        site,
        arguments: &[],
    }
}

pub(super) static SCENARIOS: &[Scenario] = &[
    healthy(
        "healthy",
        "Nothing is wrong: names, certificate and answer are in order",
        Site::Https(Leaf::Good, OK),
    ),
    healthy(
        "healthy-http2",
        "Nothing is wrong, and the server speaks HTTP/2",
        Site::Http2,
    ),
    healthy(
        "healthy-plain",
        "Nothing is wrong: a site in clear, as its URL says",
        Site::Http(OK),
    ),
    healthy(
        "healthy-redirect",
        "A redirect from http to https, as it should be",
        Site::Http(Answer::To("healthy")),
    ),
    healthy(
        "healthy-large",
        "A body of two megabytes",
        Site::Https(Leaf::Good, Answer::Large),
    ),
    healthy(
        "hostile-bytes",
        "A healthy answer whose header fields hold C1 escape sequences and bidi controls",
        Site::Http(Answer::Head(
            "200 OK\r\nServer: \u{9d}0;owned\u{9c}\u{202e}evil\u{9b}31m",
        )),
    ),
];
