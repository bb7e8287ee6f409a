//! The scenarios, as data: what each one is made of here, the scenarios themselves by layer beside it.
//! Names are finding codes where a scenario produces one.

mod dns;
mod healthy;
mod http;
mod tcp;
mod tls;

/// How the names of a scenario resolve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Normal,
    Missing,
    MailOnly,
    Lame,
    /// In a zone whose server the parent names without its address.
    Glueless,
    /// An alias of a name that is an alias of it.
    AliasLoop,
    /// An alias of nothing.
    Dangling,
    Refusing,
    /// The resolver answers SERVFAIL, whatever the authorities say.
    Failing,
    Silent,
    OneSilent,
    Slow,
    /// Random names resolve, and this one is as unknown as they are.
    Rewritten,
    /// A forged reply comes before the right one.
    Forged,
    /// The question for IPv6 addresses gets the answer that the name does not exist.
    NoAaaa,
    /// The resolver knows the messages of 1987 only.
    PlainOnly,
    /// A short name, completed by the search list.
    Short,
    HostsFile,
    NoResolver,
    OneDead,
    BrokenIpv6,
    /// The address changed after the resolver had cached the old one.
    Moved,
    /// The name was made after the resolver had cached that it was missing.
    New,
}

/// The certificate of a site, with the chain that it sends.
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
    /// Issued by an intermediate that has expired since.
    OldIntermediate,
    /// Issued under the intermediate's name, by another key.
    OtherKey,
    /// Issued by a certificate that is no CA.
    NoCa,
    /// With a critical extension that no verifier knows.
    UnknownExtension,
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
    /// A body that ends before its declared length.
    Truncated,
    /// These bytes and nothing else.
    Bytes(&'static str),
}

/// What a TLS server demands that a usual client does not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Suites for an RSA key, which the server does not have.
    RsaSuites,
    /// A protocol that is not HTTP.
    OtherProtocol,
    ClientCertificate,
}

/// What listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Https(Leaf, Answer),
    /// HTTP/2 alone.
    Http2,
    /// A good certificate, and a demand that is not met.
    Demanding(Demand),
    Http(Answer),
    /// A fatal TLS alert of this number in answer to the hello.
    Alert(u8),
    /// A mail server that begins TLS on request.
    Mail,
    /// Plain HTTP where https is asked for.
    PlainBehindHttps,
    ResetAfterAccept,
    CloseAfterAccept,
    /// It accepts, reads and never says a word.
    Mute,
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

/// Every scenario, layer by layer.
pub fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    [
        healthy::SCENARIOS,
        dns::SCENARIOS,
        tcp::SCENARIOS,
        tls::SCENARIOS,
        http::SCENARIOS,
    ]
    .into_iter()
    .flatten()
}

/// The scenario of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Scenario> {
    scenarios().find(|scenario| scenario.name == name)
}

impl Scenario {
    /// A scenario that produces the finding of its own name.
    const fn new(name: &'static str, summary: &'static str, names: Names, site: Site) -> Self {
        Self {
            name,
            code: Some(name),
            summary,
            names,
            site,
            arguments: &[],
        }
    }

    /// The same, diagnosed with these arguments besides.
    const fn with(self, arguments: &'static [&'static str]) -> Self {
        Self { arguments, ..self }
    }

    /// The first label of the scenario's host.
    pub(crate) fn host(&self) -> String {
        match self.names {
            Names::Missing => "nosuchname".to_owned(),
            Names::Rewritten => "nosuchname-either".to_owned(),
            Names::Lame => "www.lame".to_owned(),
            Names::Glueless => "www.glueless".to_owned(),
            _ => self.name.to_owned(),
        }
    }

    /// The URL of the scenario's site at this port.
    pub(crate) fn url(&self, port: u16) -> String {
        let scheme = match self.site {
            Site::Http(_) => "http",
            _ => "https",
        };
        let domain = match self.names {
            Names::Short => "",
            _ => ".lab.test",
        };
        format!("{scheme}://{}{domain}:{port}/", self.host())
    }
}

/// The answer of a site whose answer is beside the point.
pub(crate) const OK: Answer = Answer::Head("200 OK\r\nServer: lab");
