//! `netwhy dns NAME`: one name, some types, some servers; every answer kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exchange::DnsExchange;

/// What every server said to every question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LookupRecord {
    /// One per server and type, in the order asked for: servers first, types within.
    pub exchanges: Vec<DnsExchange>,
}
