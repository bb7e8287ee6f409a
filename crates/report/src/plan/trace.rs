//! What `dns trace` asks, and where every walk from the root begins.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DnsOptions, TcpOptions, TlsOptions};
use crate::{Budgets, Untrusted};

/// One name and type, from the root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsTracePlan {
    /// The name in presentation form, absolute, with its trailing dot.
    pub name: Untrusted,
    /// The type, as mnemonic or `TYPEnnn`.
    pub record_type: String,
    /// Where the walk begins, and how it asks.
    pub trace: TraceOptions,
    /// How this host is set up to ask; a trace asks none of its resolvers.
    pub dns: DnsOptions,
    /// From which address and family.
    pub tcp: TcpOptions,
    /// The time that signatures are judged for is [`TlsOptions::at`].
    pub tls: TlsOptions,
    /// Limits.
    pub budgets: Budgets,
}

/// Where a walk begins, and how it asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TraceOptions {
    /// A zone file with the NS records of the root and the addresses of its servers; `null`: the 13 root servers.
    pub root_hints: Option<PathBuf>,
    /// A file with DS or DNSKEY records; `null`: the root's keys, where the root hints are the built-in ones.
    pub trust_anchor: Option<PathBuf>,
    /// The port of every server on the way.
    pub port: u16,
    /// Ask for signatures, and prove every cut.
    pub dnssec: bool,
    /// Show each zone only as much of the name as it needs ([RFC 9156](https://www.rfc-editor.org/rfc/rfc9156)).
    pub minimise: bool,
}

impl TraceOptions {
    /// The walk of a diagnosis, which nobody asked for by name: the root and the top-level servers need not see the whole name.
    #[must_use]
    pub fn minimised() -> Self {
        Self {
            minimise: true,
            ..Self::default()
        }
    }
}

impl Default for TraceOptions {
    fn default() -> Self {
        Self {
            root_hints: None,
            trust_anchor: None,
            port: 53,
            dnssec: true,
            minimise: false,
        }
    }
}
