//! The scenarios, as data. Names are finding codes where a scenario produces one.

/// How the names of a scenario resolve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Normal,
    Missing,
    MailOnly,
    Lame,
    Refusing,
    Silent,
    OneSilent,
    Slow,
    HostsFile,
    NoResolver,
    OneDead,
    BrokenIpv6,
}

/// The certificate of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    Good,
    WithoutIntermediate,
    Expired,
    NotYetValid,
    Expiring,
    OtherName,
    SelfSigned,
    OtherRoot,
}

/// What a site answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A status line and fields, and a short body.
    Head(&'static str),
    Large,
    /// 200 after a pause in milliseconds.
    Slow(u64),
    /// 504 after a pause in milliseconds.
    GatewayTimeout(u64),
    Loop,
    /// A redirect to another scenario's site.
    To(&'static str),
}

/// What listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Https(Leaf, Answer),
    Http(Answer),
    /// Plain HTTP where https is asked for.
    PlainBehindHttps,
    ResetAfterAccept,
    CloseAfterAccept,
    /// An accept queue that is full: further SYNs are dropped.
    FullQueue,
    Nothing,
}

/// One way in which an endpoint is broken, or not.
#[derive(Debug)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// The finding that a diagnosis must name as the cause; `None`: healthy.
    pub code: Option<&'static str>,
    /// What is broken, in one sentence.
    pub summary: &'static str,
    pub(crate) names: Names,
    pub(crate) site: Site,
    pub(crate) arguments: &'static [&'static str],
}

const OK: Answer = Answer::Head("200 OK\r\nServer: lab");

const fn scenario(
    name: &'static str,
    summary: &'static str,
    names: Names,
    site: Site,
    arguments: &'static [&'static str],
) -> Scenario {
    Scenario {
        name,
        code: Some(name),
        summary,
        names,
        site,
        arguments,
    }
}

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

const fn named(
    name: &'static str,
    summary: &'static str,
    names: Names,
    arguments: &'static [&'static str],
) -> Scenario {
    scenario(name, summary, names, Site::Https(Leaf::Good, OK), arguments)
}

const fn certified(name: &'static str, summary: &'static str, leaf: Leaf) -> Scenario {
    scenario(name, summary, Names::Normal, Site::Https(leaf, OK), &[])
}

const fn answered(name: &'static str, summary: &'static str, answer: Answer) -> Scenario {
    scenario(
        name,
        summary,
        Names::Normal,
        Site::Https(Leaf::Good, answer),
        &[],
    )
}

static SCENARIOS: &[Scenario] = &[
    healthy(
        "healthy",
        "Nothing is wrong: names, certificate and answer are in order",
        Site::Https(Leaf::Good, OK),
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
    named(
        "client-no-resolver",
        "resolv.conf points at an address where no resolver listens",
        Names::NoResolver,
        &[],
    ),
    named(
        "dns-name-missing",
        "The zone does not have the name",
        Names::Missing,
        &[],
    ),
    named(
        "dns-no-address",
        "The name exists, but only for mail",
        Names::MailOnly,
        &[],
    ),
    named(
        "dns-servfail",
        "The zone is delegated to a server that does not serve it",
        Names::Lame,
        &[],
    ),
    named(
        "dns-refused",
        "The resolver does not serve this client",
        Names::Refusing,
        &[],
    ),
    named(
        "dns-timeout",
        "The only resolver never answers",
        Names::Silent,
        &["--dns-timeout", "0.3"],
    ),
    named(
        "dns-resolver-down",
        "The first of two resolvers never answers",
        Names::OneSilent,
        &["--dns-timeout", "0.3"],
    ),
    named("dns-slow", "The resolver takes 700 ms", Names::Slow, &[]),
    named(
        "dns-hosts-override",
        "The hosts file sends the name to an address where nothing listens",
        Names::HostsFile,
        &[],
    ),
    scenario(
        "tcp-refused",
        "Nothing listens on the port",
        Names::Normal,
        Site::Nothing,
        &[],
    ),
    scenario(
        "tcp-filtered",
        "Connection attempts are dropped (a full accept queue)",
        Names::Normal,
        Site::FullQueue,
        &["--connect-timeout", "1.5"],
    ),
    named(
        "tcp-address-down",
        "One of two addresses refuses",
        Names::OneDead,
        &[],
    ),
    named(
        "tcp-ipv6-broken",
        "The name has an IPv6 address where nothing listens",
        Names::BrokenIpv6,
        &[],
    ),
    scenario(
        "tcp-reset-after-accept",
        "The server accepts and resets at once",
        Names::Normal,
        Site::ResetAfterAccept,
        &[],
    ),
    scenario(
        "tcp-closed-after-accept",
        "The server accepts and closes at once",
        Names::Normal,
        Site::CloseAfterAccept,
        &[],
    ),
    certified(
        "tls-certificate-expired",
        "The certificate expired three days ago",
        Leaf::Expired,
    ),
    certified(
        "tls-certificate-not-yet-valid",
        "The certificate is valid from tomorrow on",
        Leaf::NotYetValid,
    ),
    certified(
        "tls-certificate-expiring",
        "Nine of the certificate's ninety days are left",
        Leaf::Expiring,
    ),
    certified(
        "tls-chain-incomplete",
        "The server does not send the intermediate certificate",
        Leaf::WithoutIntermediate,
    ),
    certified(
        "tls-name-mismatch",
        "The certificate is for another name",
        Leaf::OtherName,
    ),
    certified(
        "tls-self-signed",
        "The certificate signs itself",
        Leaf::SelfSigned,
    ),
    certified(
        "tls-untrusted-issuer",
        "The chain ends at a root that is not trusted",
        Leaf::OtherRoot,
    ),
    scenario(
        "tls-not-tls",
        "A plain HTTP server listens where https is asked for",
        Names::Normal,
        Site::PlainBehindHttps,
        &[],
    ),
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
        "http-bad-gateway",
        "A proxy got no valid answer from its backend",
        Answer::Head("502 Bad Gateway\r\nServer: lab-proxy\r\nVia: 1.1 lab-proxy"),
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
    Scenario {
        name: "redirect-to-broken",
        code: Some("tls-certificate-expired"),
        summary: "A healthy site redirects to one whose certificate expired",
        names: Names::Normal,
        site: Site::Https(Leaf::Good, Answer::To("tls-certificate-expired")),
        arguments: &[],
    },
];

/// Every scenario.
#[must_use]
pub fn scenarios() -> &'static [Scenario] {
    SCENARIOS
}

/// The scenario of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

impl Scenario {
    /// The first label of the scenario's host.
    pub(crate) fn host(&self) -> String {
        match self.names {
            Names::Missing => "nosuchname".to_owned(),
            Names::Lame => "www.lame".to_owned(),
            _ => self.name.to_owned(),
        }
    }
}
