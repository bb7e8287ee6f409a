//! What `dns compare` asks, of whom, and how often.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DnsOptions, TcpOptions, TlsOptions, TraceOptions};
use crate::dns::DnsServer;
use crate::{Budgets, Untrusted};

/// How often each server is asked, unless the plan says otherwise.
pub const DEFAULT_SAMPLES: u32 = 3;

/// How often a plan may have each server asked.
pub const MOST_SAMPLES: u32 = 20;

/// One name and type, of the configured resolvers, of chosen ones, and of every authority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsComparePlan {
    /// The name in presentation form, absolute, with its trailing dot.
    pub name: Untrusted,
    /// The type, as mnemonic or `TYPEnnn`.
    pub record_type: String,
    /// Resolvers to ask besides the configured ones.
    pub servers: Vec<DnsServer>,
    /// How often each server is asked.
    pub samples: u32,
    /// Networks on whose behalf the authorities are asked; none switches that off.
    #[schemars(with = "Vec<String>")]
    pub subnets: Vec<IpNet>,
    /// The port of the authorities, and where a walk from the root to them begins.
    pub trace: TraceOptions,
    /// How this host is set up to ask.
    pub dns: DnsOptions,
    /// From which address and family.
    pub tcp: TcpOptions,
    /// Whose certificates are trusted where a server speaks TLS.
    pub tls: TlsOptions,
    /// Limits.
    pub budgets: Budgets,
}

impl DnsComparePlan {
    /// Networks far apart whose place everybody can look up: those of the address registries in Amsterdam, Virginia and Brisbane.
    #[must_use]
    pub fn far_apart() -> Vec<IpNet> {
        let networks = ["193.0.6.0/24", "199.43.0.0/24", "203.119.101.0/24"];
        networks
            .iter()
            .filter_map(|network| network.parse().ok())
            .collect()
    }
}
