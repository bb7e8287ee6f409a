//! The limits of a run, in one place, and the record of those that were reached.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Layer, nanos};

/// Limits in time, count and bytes. The defaults hold for a diagnosis of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Budgets {
    /// The whole run.
    #[serde(with = "nanos", rename = "deadline_ns")]
    #[schemars(with = "u64")]
    pub deadline: Duration,
    /// One DNS query, one try.
    #[serde(with = "nanos", rename = "dns_timeout_ns")]
    #[schemars(with = "u64")]
    pub dns_timeout: Duration,
    /// Tries per DNS server over UDP.
    pub dns_tries: u32,
    /// One TCP connect; long enough for the kernel's SYN retransmits at 1, 2, 3 and 4 s.
    #[serde(with = "nanos", rename = "connect_timeout_ns")]
    #[schemars(with = "u64")]
    pub connect_timeout: Duration,
    /// One TLS handshake.
    #[serde(with = "nanos", rename = "handshake_timeout_ns")]
    #[schemars(with = "u64")]
    pub handshake_timeout: Duration,
    /// From the request to the end of the response.
    #[serde(with = "nanos", rename = "response_timeout_ns")]
    #[schemars(with = "u64")]
    pub response_timeout: Duration,
    /// Links in a CNAME chain.
    pub cname_links: usize,
    /// Queries of one walk from the root, retransmissions apart.
    pub trace_queries: u32,
    /// Zone cuts on the way from the root to a name.
    pub delegations: usize,
    /// Name servers without glue whose names are looked up in one walk.
    pub glueless: usize,
    /// Questions of one zone check, its walks included, retransmissions apart.
    pub check_queries: u32,
    /// Addresses of a zone's servers that are asked.
    pub check_addresses: usize,
    /// Records that an SPF record brings in that are fetched.
    pub spf_records: usize,
    /// Addresses of one name that are probed.
    pub addresses: usize,
    /// Redirects followed.
    pub redirects: usize,
    /// Header bytes accepted.
    pub header_bytes: usize,
    /// Header fields accepted.
    pub header_fields: usize,
    /// Body bytes read before the rest is left unread.
    pub body_bytes: u64,
    /// AIA addresses tried per missing certificate.
    pub aia_urls: usize,
    /// Bytes accepted from one AIA address.
    pub aia_bytes: u64,
    /// Time for all AIA fetches together.
    #[serde(with = "nanos", rename = "aia_time_ns")]
    #[schemars(with = "u64")]
    pub aia_time: Duration,
    /// Certificates of a chain that are looked at.
    pub chain_certificates: usize,
    /// Subject alternative names kept per certificate.
    pub names: usize,
    /// Bytes kept of one field from the network.
    pub field_bytes: usize,
}

impl Budgets {
    /// The limits of a walk from the root: authorities answer from memory, so a lost datagram is sent again soon.
    #[must_use]
    pub fn for_trace() -> Self {
        Self {
            dns_timeout: Duration::from_millis(800),
            dns_tries: 3,
            ..Self::default()
        }
    }

    /// The limits of a zone check: as a walk's, with time for servers that are silent to several questions.
    #[must_use]
    pub fn for_check() -> Self {
        Self {
            deadline: Duration::from_secs(60),
            dns_tries: 2,
            ..Self::for_trace()
        }
    }
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            dns_timeout: Duration::from_secs(2),
            dns_tries: 2,
            connect_timeout: Duration::from_secs(5),
            handshake_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(20),
            cname_links: 11,
            trace_queries: 100,
            delegations: 16,
            glueless: 5,
            check_queries: 500,
            check_addresses: 100,
            spf_records: 20,
            addresses: 32,
            redirects: 10,
            header_bytes: 256 * 1024,
            header_fields: 1_000,
            body_bytes: 10 * 1024 * 1024,
            aia_urls: 3,
            aia_bytes: 64 * 1024,
            aia_time: Duration::from_secs(3),
            chain_certificates: 16,
            names: 100,
            field_bytes: 1024,
        }
    }
}

/// A limit that a run can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The run's deadline.
    Deadline,
    /// Links in a CNAME chain.
    CnameLinks,
    /// Queries of one walk from the root.
    TraceQueries,
    /// Zone cuts on the way to a name.
    Delegations,
    /// Name servers without glue.
    Glueless,
    /// Questions of one zone check.
    CheckQueries,
    /// Addresses of a zone's servers.
    CheckAddresses,
    /// Records that an SPF record brings in.
    SpfRecords,
    /// Addresses of one name.
    Addresses,
    /// Redirects.
    Redirects,
    /// Header bytes or fields.
    Headers,
    /// Body bytes.
    BodyBytes,
    /// AIA fetches: count, bytes or time.
    Aia,
    /// Certificates in a chain.
    ChainCertificates,
}

/// A limit that was reached, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LimitHit {
    /// Which limit.
    pub limit: Limit,
    /// The layer that reached it.
    pub layer: Layer,
    /// The limit's value, with its unit.
    pub value: String,
}
