//! Ports and addresses that do not connect, and connections that lead nowhere.

use super::{Leaf, Names, OK, Scenario, Site};

const fn listening(name: &'static str, summary: &'static str, site: Site) -> Scenario {
    Scenario::new(name, summary, Names::Normal, site)
}

const fn addressed(name: &'static str, summary: &'static str, names: Names) -> Scenario {
    Scenario::new(name, summary, names, Site::Https(Leaf::Good, OK))
}

pub(super) static SCENARIOS: &[Scenario] = &[
    listening("tcp-refused", "Nothing listens on the port", Site::Nothing),
    listening(
        "tcp-filtered",
        "Connection attempts are dropped (a full accept queue)",
        Site::FullQueue,
    )
    .with(&["--connect-timeout", "1.5"]),
    addressed(
        "tcp-address-down",
        "One of two addresses refuses",
        Names::OneDead,
    ),
    addressed(
        "tcp-ipv6-broken",
        "The name has an IPv6 address where nothing listens",
        Names::BrokenIpv6,
    ),
    listening(
        "tcp-reset-after-accept",
        "The server accepts and resets at once",
        Site::ResetAfterAccept,
    ),
    listening(
        "tcp-closed-after-accept",
        "The server accepts and closes at once",
        Site::CloseAfterAccept,
    ),
    listening(
        "tcp-no-response",
        "The server accepts and never says a word",
        Site::Mute,
    )
    .with(&["--handshake-timeout", "1"]),
];
