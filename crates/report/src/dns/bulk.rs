//! `netwhy dns -f FILE`: many names, one result for each line of input.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DnsTransport;
use super::message::{HeaderFlags, ResourceRecord};
use crate::{Failure, Untrusted, nanos};

/// One line of input, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BulkResult {
    /// The line, from 1; lines without a question (blank, comments) are counted and give no result.
    pub line: u64,
    /// The name as it was asked for, in presentation form; as given where it could not be asked for.
    pub name: Untrusted,
    /// The type; absent where the line could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_type: Option<String>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: BulkOutcome,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum BulkOutcome {
    /// A server replied.
    Answered(BulkAnswer),
    /// No reply came that could be read.
    Failed {
        /// The server asked last.
        server: SocketAddr,
        /// Queries sent.
        tries: u32,
        /// Why the last one failed.
        failure: Failure,
    },
    /// The line is no question.
    Rejected {
        /// What is wrong with it.
        reason: String,
    },
    /// The run ended first.
    Interrupted,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BulkAnswer {
    /// The response code's mnemonic.
    pub rcode: String,
    /// The header bits.
    pub flags: HeaderFlags,
    /// The answer section.
    pub answer: Vec<ResourceRecord>,
    /// Who replied.
    pub server: SocketAddr,
    /// Over what: UDP, or TCP where the reply was cut.
    pub transport: DnsTransport,
    /// Queries sent.
    pub tries: u32,
    /// From the query that was answered to its reply, in nanoseconds.
    #[serde(with = "nanos", rename = "time_ns")]
    #[schemars(with = "u64")]
    pub time: Duration,
}

/// The sum of a bulk run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BulkRecord {
    /// Lines with a question, or with something that should be one.
    pub lines: u64,
    /// Those that got a reply.
    pub answered: u64,
    /// Those that got none.
    pub failed: u64,
    /// Those that are no question.
    pub rejected: u64,
    /// Those that the end of the run overtook.
    pub interrupted: u64,
    /// Queries sent again.
    pub retransmits: u64,
    /// Questions asked again over TCP because the reply was cut.
    pub over_tcp: u64,
    /// Datagrams that were not taken: they belong to no open query.
    pub strays: u64,
    /// Replies by response code.
    pub rcodes: BTreeMap<String, u64>,
    /// From the first query to the last result, in nanoseconds.
    #[serde(with = "nanos", rename = "elapsed_ns")]
    #[schemars(with = "u64")]
    pub elapsed: Duration,
}
