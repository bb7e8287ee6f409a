//! `netwhy dns NAME`: one name, some types, some servers; every answer kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exchange::DnsExchange;

/// What every server said to every question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LookupRecord {
    /// One per server and question, in the order asked for: servers first, questions within. A configured server that did
    /// not reply stands before the next one that was asked in its place.
    pub exchanges: Vec<DnsExchange>,
    /// The servers are those that this host is configured to ask.
    pub configured: bool,
    /// The names that the system's own resolver would try, in order, without trailing dots.
    pub candidates: Vec<String>,
}

/// Questions for names that cannot exist: an address for an answer gives away who rewrites "no"
/// ([RFC 8020](https://www.rfc-editor.org/rfc/rfc8020) has no room for that).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RewritingRecord {
    /// One per server and random name.
    pub probes: Vec<DnsExchange>,
}
