//! What `dns check` asks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DnsOptions, TcpOptions, TlsOptions, TraceOptions};
use crate::{Budgets, Untrusted};

/// One zone, its delegation and all its servers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DnsCheckPlan {
    /// The zone in presentation form, absolute, with its trailing dot; for another name the zone that holds it is checked.
    pub zone: Untrusted,
    /// The name whose addresses are sampled; `null`: the name that was given.
    pub name: Option<Untrusted>,
    /// How often it is asked.
    pub samples: u32,
    /// Where the walk to the zone begins, and how it asks.
    pub trace: TraceOptions,
    /// The resolvers, for names that are not the zone's.
    pub dns: DnsOptions,
    /// From which address and family.
    pub tcp: TcpOptions,
    /// The time that signatures are judged for is [`TlsOptions::at`].
    pub tls: TlsOptions,
    /// Limits.
    pub budgets: Budgets,
}
