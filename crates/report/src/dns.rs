//! What DNS said: every query to every server, and what the system's own path would have given.

pub mod bulk;
pub mod check;
pub mod compare;
pub mod exchange;
pub mod lookup;
pub mod message;
pub mod mismatch;
pub mod proof;
pub mod server;
pub mod trace;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bulk::{BulkAnswer, BulkOutcome, BulkRecord, BulkResult};
pub use check::CheckRecord;
pub use compare::CompareRecord;
pub use exchange::DnsExchange;
pub use lookup::{LookupRecord, RewritingRecord};
pub use message::{DnsMessage, ResourceRecord};
pub use mismatch::{Mismatch, Mismatches};
pub use server::DnsServer;
pub use trace::TraceRecord;

use crate::{Step, Untrusted, nanos};

/// Name resolution for one host name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsRecord {
    /// The name asked for, in its ASCII (punycode) form without a trailing dot.
    pub name: String,
    /// Until the walk could go on: the first complete answer, or the hosts file's.
    /// Fails when no source gave an address; then the queries tell why.
    pub resolution: Step<Vec<ResolvedAddress>>,
    /// Every query, one per server and record type.
    pub queries: Vec<DnsQuery>,
    /// What the system's own lookup path gives (hosts file, lookup order, search list).
    pub system: Option<SystemPath>,
}

/// An address to connect to, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolvedAddress {
    /// The address.
    pub address: IpAddr,
    /// Who gave it.
    pub source: AddressSource,
    /// Its TTL in seconds, if it came from DNS.
    pub ttl: Option<u32>,
}

/// Who gave an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum AddressSource {
    /// The hosts file.
    Hosts {
        /// The line, from 1.
        line: usize,
    },
    /// A DNS server.
    Server {
        /// Which one.
        server: SocketAddr,
    },
}

/// The two address types that a diagnosis asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum AddressType {
    /// IPv4.
    A,
    /// IPv6.
    #[serde(rename = "AAAA")]
    Aaaa,
}

impl AddressType {
    /// The type's mnemonic.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
        }
    }
}

/// One question to one server, with every try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsQuery {
    /// The server asked.
    pub server: SocketAddr,
    /// The record type asked for.
    pub record_type: AddressType,
    /// Each datagram or stream, in order.
    pub tries: Vec<DnsTry>,
    /// From the first try to the final answer.
    pub step: Step<DnsAnswer>,
}

/// One try: a datagram, or an exchange over a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsTry {
    /// Over what.
    pub transport: DnsTransport,
    /// Whether the query carried EDNS.
    pub edns: bool,
    /// Its time, and the size of the reply in bytes.
    pub step: Step<u32>,
    /// The part of the time that opening the connection took (TCP, or QUIC with its handshake), in nanoseconds.
    #[serde(with = "nanos::option", rename = "connect_ns")]
    #[schemars(with = "Option<u64>")]
    pub connect: Option<Duration>,
    /// The part of the time that the TLS handshake took, in nanoseconds.
    #[serde(with = "nanos::option", rename = "handshake_ns")]
    #[schemars(with = "Option<u64>")]
    pub handshake: Option<Duration>,
    /// The reply had TC set: it was cut.
    pub truncated: bool,
    /// Replies to this try that were not ours; absent where there were none.
    #[serde(default, skip_serializing_if = "Mismatches::is_empty")]
    pub mismatched: Mismatches,
    /// The status of the HTTP response that carried the reply (DNS over HTTPS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
}

impl DnsTry {
    /// A try over `transport` that ended as `step` says, with nothing else to tell.
    #[must_use]
    pub fn new(transport: DnsTransport, edns: bool, step: Step<u32>) -> Self {
        Self {
            transport,
            edns,
            step,
            connect: None,
            handshake: None,
            truncated: false,
            mismatched: Mismatches::default(),
            http_status: None,
        }
    }
}

/// What carries a query.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DnsTransport {
    /// UDP ([RFC 1035 §4.2.1](https://www.rfc-editor.org/rfc/rfc1035#section-4.2.1)).
    Udp,
    /// TCP ([RFC 7766](https://www.rfc-editor.org/rfc/rfc7766)).
    Tcp,
    /// DNS over TLS ([RFC 7858](https://www.rfc-editor.org/rfc/rfc7858)).
    Tls,
    /// DNS over HTTPS, HTTP/2 ([RFC 8484](https://www.rfc-editor.org/rfc/rfc8484)).
    Https,
    /// DNS over HTTPS, HTTP/3.
    H3,
    /// DNS over QUIC ([RFC 9250](https://www.rfc-editor.org/rfc/rfc9250)).
    Quic,
}

impl DnsTransport {
    const ALL: [Self; 6] = [
        Self::Udp,
        Self::Tcp,
        Self::Tls,
        Self::Https,
        Self::H3,
        Self::Quic,
    ];

    /// The scheme before `://`; UDP has none.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Udp => "",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Https => "https",
            Self::H3 => "h3",
            Self::Quic => "quic",
        }
    }

    /// The transport of a scheme; `udp` may be written out.
    #[must_use]
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        let scheme = scheme.to_ascii_lowercase();
        if scheme == "udp" {
            return Some(Self::Udp);
        }
        let named = |transport: &Self| !scheme.is_empty() && transport.scheme() == scheme;
        Self::ALL.into_iter().find(named)
    }

    /// The registered port.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 53,
            Self::Tls | Self::Quic => 853,
            Self::Https | Self::H3 => 443,
        }
    }

    /// Its name in print.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Https => "HTTPS",
            Self::H3 => "HTTP/3",
            Self::Quic => "QUIC",
        }
    }
}

/// A decoded answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsAnswer {
    /// The response code ([registry](https://www.iana.org/assignments/dns-parameters)); 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
    pub rcode: u16,
    /// The code's mnemonic.
    pub rcode_name: String,
    /// AA: the server speaks as an authority.
    pub authoritative: bool,
    /// The reply over UDP was cut (TC) and was asked for again over TCP.
    pub truncated: bool,
    /// AD: the resolver says that it validated.
    pub authentic: bool,
    /// The addresses at the end of the CNAME chain.
    pub addresses: Vec<IpAddr>,
    /// The least TTL along the chain, in seconds; for a negative answer the negative TTL (RFC 2308).
    pub ttl: Option<u32>,
    /// The CNAME chain: each target in order.
    pub cnames: Vec<Untrusted>,
    /// The chain returns to a name that it already visited.
    pub cname_loop: bool,
    /// Extended DNS errors ([RFC 8914](https://www.rfc-editor.org/rfc/rfc8914)).
    pub extended_errors: Vec<ExtendedError>,
    /// The SOA owner of a negative answer.
    pub negative_zone: Option<Untrusted>,
    /// Size of the final message in bytes.
    pub size: u32,
}

/// The response codes that findings ask about.
pub mod rcode {
    /// The name exists (there may be no such record).
    pub const NOERROR: u16 = 0;
    /// The server failed.
    pub const SERVFAIL: u16 = 2;
    /// The name does not exist.
    pub const NXDOMAIN: u16 = 3;
    /// The server will not answer us.
    pub const REFUSED: u16 = 5;
}

/// One extended error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExtendedError {
    /// The info code.
    pub code: u16,
    /// Its registered meaning.
    pub meaning: String,
    /// The server's own words.
    pub text: Untrusted,
}

/// What the system's own path would have given, replayed from its configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SystemPath {
    /// The names that it tries over DNS, in order (search list and `ndots` applied), without trailing dots.
    pub candidates: Vec<String>,
    /// The source that wins: `files` when the hosts file has the name and comes first, else `dns`.
    pub winner: Option<String>,
    /// The addresses that the winner gives.
    pub addresses: Vec<IpAddr>,
    /// How long the system's resolver may wait for one dead server before it asks the next, in nanoseconds.
    #[serde(with = "nanos", rename = "wait_per_dead_server_ns")]
    #[schemars(with = "u64")]
    pub wait_per_dead_server: Duration,
}

impl DnsRecord {
    /// The answers that decoded, with the query each belongs to.
    pub fn answers(&self) -> impl Iterator<Item = (&DnsQuery, &DnsAnswer)> {
        self.queries
            .iter()
            .filter_map(|query| query.step.value().map(|answer| (query, answer)))
    }

    /// The servers asked, in order, each once.
    #[must_use]
    pub fn servers(&self) -> Vec<SocketAddr> {
        let mut servers = Vec::new();
        for query in &self.queries {
            if !servers.contains(&query.server) {
                servers.push(query.server);
            }
        }
        servers
    }

    /// Whether any query to this server brought a decoded answer.
    #[must_use]
    pub fn server_answered(&self, server: SocketAddr) -> bool {
        self.answers().any(|(query, _)| query.server == server)
    }

    /// Whether addresses came from the hosts file rather than from DNS.
    #[must_use]
    pub fn from_hosts(&self) -> bool {
        self.resolution.value().is_some_and(|addresses| {
            addresses
                .iter()
                .any(|address| matches!(address.source, AddressSource::Hosts { .. }))
        })
    }
}
