//! What was asked, as serialisable data: whom to diagnose, with which options and limits.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub mod check;
pub mod compare;
pub mod dns;
pub mod trace;

pub use check::DnsCheckPlan;
pub use compare::{DEFAULT_SAMPLES, DnsComparePlan, MOST_SAMPLES};
pub use dns::{DnsBulkPlan, DnsLookupPlan, DnsQueryOptions, EdnsRequest, RawEdnsOption};
pub use trace::{DnsTracePlan, TraceOptions};

use crate::target::Secret;
use crate::{Budgets, Target, nanos};

/// One plan per command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Plan {
    /// `netwhy TARGET`: walk every layer towards one target.
    Diagnose(Box<DiagnosePlan>),
    /// `netwhy dns NAME`: ask servers for records.
    DnsLookup(Box<DnsLookupPlan>),
    /// `netwhy dns trace NAME`: walk from the root.
    DnsTrace(Box<DnsTracePlan>),
    /// `netwhy dns compare NAME`: resolvers and authorities side by side.
    DnsCompare(Box<DnsComparePlan>),
    /// `netwhy dns -f FILE`: ask for many names.
    DnsBulk(Box<DnsBulkPlan>),
    /// `netwhy dns check ZONE`: a zone's delegation and servers.
    DnsCheck(Box<DnsCheckPlan>),
}

impl Plan {
    /// The target of a diagnosis; other plans have a [`Plan::subject`] only.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        self.diagnose().map(|plan| &plan.target)
    }

    /// Whom or what the plan is about, in print: without userinfo and query.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Diagnose(plan) => plan.target.display(),
            Self::DnsLookup(plan) => plan.name.escaped(),
            Self::DnsTrace(plan) => plan.name.escaped(),
            Self::DnsCompare(plan) => plan.name.escaped(),
            Self::DnsBulk(plan) => plan.input.as_ref().map_or_else(
                || "standard input".to_owned(),
                |path| path.display().to_string(),
            ),
            Self::DnsCheck(plan) => plan.zone.escaped(),
        }
    }

    /// The limits of this plan.
    #[must_use]
    pub fn budgets(&self) -> &Budgets {
        match self {
            Self::Diagnose(plan) => &plan.budgets,
            Self::DnsLookup(plan) => &plan.budgets,
            Self::DnsTrace(plan) => &plan.budgets,
            Self::DnsCompare(plan) => &plan.budgets,
            Self::DnsBulk(plan) => &plan.budgets,
            Self::DnsCheck(plan) => &plan.budgets,
        }
    }

    /// How names are resolved.
    #[must_use]
    pub fn dns(&self) -> &DnsOptions {
        match self {
            Self::Diagnose(plan) => &plan.dns,
            Self::DnsLookup(plan) => &plan.dns,
            Self::DnsTrace(plan) => &plan.dns,
            Self::DnsCompare(plan) => &plan.dns,
            Self::DnsBulk(plan) => &plan.dns,
            Self::DnsCheck(plan) => &plan.dns,
        }
    }

    /// How connections are opened.
    #[must_use]
    pub fn tcp(&self) -> &TcpOptions {
        match self {
            Self::Diagnose(plan) => &plan.tcp,
            Self::DnsLookup(plan) => &plan.tcp,
            Self::DnsTrace(plan) => &plan.tcp,
            Self::DnsCompare(plan) => &plan.tcp,
            Self::DnsBulk(plan) => &plan.tcp,
            Self::DnsCheck(plan) => &plan.tcp,
        }
    }

    /// How certificates are judged.
    #[must_use]
    pub fn tls(&self) -> &TlsOptions {
        match self {
            Self::Diagnose(plan) => &plan.tls,
            Self::DnsLookup(plan) => &plan.tls,
            Self::DnsTrace(plan) => &plan.tls,
            Self::DnsCompare(plan) => &plan.tls,
            Self::DnsBulk(plan) => &plan.tls,
            Self::DnsCheck(plan) => &plan.tls,
        }
    }

    /// The options of a diagnosis.
    #[must_use]
    pub fn diagnose(&self) -> Option<&DiagnosePlan> {
        match self {
            Self::Diagnose(plan) => Some(plan),
            Self::DnsLookup(_)
            | Self::DnsTrace(_)
            | Self::DnsCompare(_)
            | Self::DnsBulk(_)
            | Self::DnsCheck(_) => None,
        }
    }
}

/// A diagnosis of one target through all layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiagnosePlan {
    /// Whom.
    pub target: Target,
    /// How names are resolved.
    pub dns: DnsOptions,
    /// How connections are opened.
    pub tcp: TcpOptions,
    /// How certificates are judged.
    pub tls: TlsOptions,
    /// What is asked over HTTP.
    pub http: HttpOptions,
    /// Where a walk from the root begins, if resolvers fail; `null`: none is made.
    pub trace: Option<TraceOptions>,
    /// Limits.
    pub budgets: Budgets,
}

impl DiagnosePlan {
    /// A diagnosis with every default.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
            target,
            dns: DnsOptions::default(),
            tcp: TcpOptions::default(),
            tls: TlsOptions::default(),
            http: HttpOptions::default(),
            trace: Some(TraceOptions::minimised()),
            budgets: Budgets::default(),
        }
    }
}

/// How names are resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DnsOptions {
    /// Servers to ask instead of the configured ones.
    pub servers: Vec<SocketAddr>,
    /// Port of the servers in `resolv_conf`.
    pub port: u16,
    /// The resolver configuration to read.
    pub resolv_conf: PathBuf,
    /// The hosts file to read.
    pub hosts: PathBuf,
    /// The name service switch to read.
    pub nsswitch: PathBuf,
}

impl Default for DnsOptions {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            port: 53,
            resolv_conf: "/etc/resolv.conf".into(),
            hosts: "/etc/hosts".into(),
            nsswitch: "/etc/nsswitch.conf".into(),
        }
    }
}

/// How connections are opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TcpOptions {
    /// Connect to these addresses whatever DNS says.
    pub addresses: Vec<IpAddr>,
    /// Only this family.
    pub family: Option<Family>,
    /// Local address to connect from.
    pub source: Option<IpAddr>,
}

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl Family {
    /// Whether this address belongs to the family.
    #[must_use]
    pub fn includes(self, address: IpAddr) -> bool {
        match self {
            Self::Ipv4 => address.is_ipv4(),
            Self::Ipv6 => address.is_ipv6(),
        }
    }
}

/// How certificates are judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TlsOptions {
    /// Trust these roots (PEM) instead of the system's.
    pub roots: Option<PathBuf>,
    /// Judge for this time instead of now.
    #[schemars(with = "Option<String>")]
    pub at: Option<Timestamp>,
    /// Fetch missing intermediates from the addresses in the certificates.
    pub fetch_intermediates: bool,
    /// Networks that side fetches may reach although the rules exclude them (loopback, private).
    #[schemars(with = "Vec<String>")]
    pub fetch_allowed: Vec<IpNet>,
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self {
            roots: None,
            at: None,
            fetch_intermediates: true,
            fetch_allowed: Vec::new(),
        }
    }
}

/// What is asked over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HttpOptions {
    /// The method.
    pub method: String,
    /// Header fields of the user: name, and value.
    pub headers: Vec<(String, Secret)>,
    /// Follow redirects.
    pub follow: bool,
    /// Offer HTTP/2 by ALPN.
    pub http2: bool,
    /// Think time of the server from which on it is called slow, in nanoseconds.
    #[serde(with = "nanos", rename = "slow_ns")]
    #[schemars(with = "u64")]
    pub slow: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            headers: Vec::new(),
            follow: true,
            http2: true,
            slow: Duration::from_millis(300),
        }
    }
}
