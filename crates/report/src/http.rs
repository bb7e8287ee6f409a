//! The HTTP exchange and its redirects, every phase stamped (W3C Resource Timing names).

use std::net::SocketAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dns::DnsRecord;
use crate::tcp::{TcpInfo, TcpRecord};
use crate::tls::TlsRecord;
use crate::{Step, Untrusted, nanos};

/// The exchange with the target and everything that it redirected to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HttpRecord {
    /// One entry per request, in order. The first one used the connection of the report's own dns, tcp and tls records.
    pub hops: Vec<HttpHop>,
    /// How following redirects ended.
    pub redirect_end: RedirectEnd,
}

/// How following redirects ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum RedirectEnd {
    /// The last hop answered for itself (or failed).
    Settled,
    /// A redirect led to a request that was already made.
    Loop {
        /// The index of the hop that it returns to.
        back_to: usize,
    },
    /// The budget of redirects was spent.
    BudgetSpent {
        /// How many were followed.
        followed: usize,
    },
    /// A redirect whose `Location` is missing or is not an http or https URL.
    Unusable {
        /// The value, if there was one.
        location: Option<Untrusted>,
    },
    /// The plan said not to follow.
    NotFollowed,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HttpHop {
    /// The URL asked for, without userinfo. From a `Location` header for every hop but the first.
    pub url: Untrusted,
    /// Host part of the URL, in ASCII form.
    pub host: String,
    /// Port of the URL.
    pub port: u16,
    /// Whether the URL is https.
    pub secure: bool,
    /// Resolution of this hop's host; `null` for the first hop and for a reused connection.
    pub dns: Option<Box<DnsRecord>>,
    /// Connections of this hop; `null` for the first hop and for a reused connection.
    pub tcp: Option<Box<TcpRecord>>,
    /// Handshake of this hop; `null` for the first hop, for http and for a reused connection.
    pub tls: Option<Box<TlsRecord>>,
    /// Whether credentials and user headers of the plan were withheld from this peer, and why.
    pub withheld: Option<Withheld>,
    /// The exchange.
    pub exchange: HttpExchange,
}

/// Why credentials and user headers were not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The peer's certificate did not verify.
    UnverifiedPeer,
    /// The redirect leads to another origin.
    OtherOrigin,
}

/// One exchange: stamps as far as they were reached, and how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HttpExchange {
    /// The peer; `null` if there was no connection.
    pub peer: Option<SocketAddr>,
    /// The phases reached, also on failure.
    pub stamps: HttpStamps,
    /// The kernel's counters along the exchange.
    pub kernel: KernelSamples,
    /// The response. `Failed` when none came, or when its body broke off.
    pub step: Step<HttpResponse>,
    /// The head of the response, if it arrived, even where the body then failed.
    pub head: Option<HttpHead>,
}

/// Offsets from the start of the run; `null` means not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HttpStamps {
    /// The request began to be written.
    #[serde(with = "nanos::option", rename = "request_start_ns")]
    #[schemars(with = "Option<u64>")]
    pub request_start: Option<Duration>,
    /// The request's last byte was handed to the kernel.
    #[serde(with = "nanos::option", rename = "request_end_ns")]
    #[schemars(with = "Option<u64>")]
    pub request_end: Option<Duration>,
    /// The first interim (1xx) response.
    #[serde(with = "nanos::option", rename = "first_interim_ns")]
    #[schemars(with = "Option<u64>")]
    pub first_interim: Option<Duration>,
    /// The final response's first byte (HTTP/1.1), or its header frame (HTTP/2).
    #[serde(with = "nanos::option", rename = "response_start_ns")]
    #[schemars(with = "Option<u64>")]
    pub response_start: Option<Duration>,
    /// The body's last byte.
    #[serde(with = "nanos::option", rename = "response_end_ns")]
    #[schemars(with = "Option<u64>")]
    pub response_end: Option<Duration>,
}

/// `TCP_INFO` at the moments that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct KernelSamples {
    /// When the request was flushed.
    pub request_end: Option<TcpInfo>,
    /// At the response's first byte.
    pub response_start: Option<TcpInfo>,
    /// At the end.
    pub response_end: Option<TcpInfo>,
}

/// HTTP versions that a diagnosis speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum HttpVersion {
    /// HTTP/1.0.
    #[serde(rename = "HTTP/1.0")]
    Http10,
    /// HTTP/1.1.
    #[serde(rename = "HTTP/1.1")]
    Http11,
    /// HTTP/2.
    #[serde(rename = "HTTP/2")]
    Http2,
}

impl HttpVersion {
    /// The name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

/// Status line and header fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HttpHead {
    /// The version of the response.
    pub version: HttpVersion,
    /// The status code.
    pub status: u16,
    /// Header fields in order, cookies' values redacted.
    pub headers: Vec<HeaderField>,
    /// Interim (1xx) statuses before it.
    pub interim: Vec<u16>,
}

/// One header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeaderField {
    /// The name in lower case; the HTTP library admits only token characters.
    pub name: String,
    /// The value, cut to the budget's field length.
    pub value: Untrusted,
}

impl HttpHead {
    /// The first field of this (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&Untrusted> {
        self.headers
            .iter()
            .find(|field| field.name == name)
            .map(|field| &field.value)
    }
}

/// A complete response, its body measured and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Body bytes as transferred, content coding not undone.
    pub body_bytes: u64,
    /// Whether reading stopped at the budget.
    pub body_cut: bool,
    /// Data frames or reads that the body came in.
    pub body_reads: u32,
}

impl HttpRecord {
    /// The last hop: the one whose answer a person sees.
    #[must_use]
    pub fn last(&self) -> Option<&HttpHop> {
        self.hops.last()
    }
}

impl HttpExchange {
    /// From the request's last byte to the first byte of the answer: one round trip plus the server's think time.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        let sent = self.stamps.request_end.or(self.stamps.request_start)?;
        Some(self.stamps.response_start?.saturating_sub(sent))
    }
}
