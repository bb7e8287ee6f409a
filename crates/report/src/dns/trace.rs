//! `netwhy dns trace NAME`: the walk from the root, zone by zone, every question kept, and what DNSSEC proves on the way.

mod end;

use std::net::SocketAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exchange::DnsExchange;
use super::message::ResourceRecord;
use super::proof::{ProofReason, ResponseProof, Security, ZoneKeysProof};
use crate::{Untrusted, nanos};

pub use self::end::{LameReason, Said, TraceEnd};

/// A walk from the root to the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceRecord {
    /// The name asked for, absolute, with its trailing dot.
    pub name: Untrusted,
    /// The type's mnemonic, or `TYPEnnn`.
    pub record_type: String,
    /// The zones passed, in order; those passed to find a name server's address stand before the zone that needed it.
    pub steps: Vec<TraceStep>,
    /// The aliases followed, in order.
    pub aliases: Vec<TraceAlias>,
    /// How it ended.
    pub end: TraceEnd,
    /// The records of the last answer, without signatures; empty unless the end is an answer.
    pub answer: Vec<ResourceRecord>,
    /// What DNSSEC proves about the answer; `null` where it was not asked for.
    pub security: Option<TraceSecurity>,
    /// Queries sent, retransmissions apart.
    pub queries: u32,
    /// From the first query to the end of the walk, in nanoseconds. Slower servers, waited for as evidence, are not in it.
    #[serde(with = "nanos", rename = "walk_ns")]
    #[schemars(with = "u64")]
    pub walk: Duration,
}

/// One zone on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceStep {
    /// The zone whose servers were asked.
    pub zone: Untrusted,
    /// What the walk that this step belongs to looks for.
    pub purpose: StepPurpose,
    /// The name asked for; a shorter one than the walk's where names are minimised.
    pub name: Untrusted,
    /// The type asked for.
    pub record_type: String,
    /// The zone's servers, in the order of the referral or the hints.
    pub servers: Vec<TraceServer>,
    /// Every question to every address, in the order sent.
    pub exchanges: Vec<TraceExchange>,
    /// The exchange that the walk went on with, from 0; `null` if none was of use.
    pub followed: Option<usize>,
    /// Owners of records that the server followed had no business to send, and that were ignored; at most 8.
    pub ignored: Vec<Untrusted>,
    /// When the step began, as an offset of the run, in nanoseconds.
    #[serde(with = "nanos", rename = "start_ns")]
    #[schemars(with = "u64")]
    pub start: Duration,
    /// Until the walk could go on, in nanoseconds.
    #[serde(with = "nanos", rename = "duration_ns")]
    #[schemars(with = "u64")]
    pub duration: Duration,
    /// What DNSSEC proves here; `null` where it was not asked for or the walk only looked for a server.
    pub proof: Option<StepProof>,
}

/// What a walk looks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum StepPurpose {
    /// The name and type of the plan, or where an alias leads.
    Answer,
    /// The address of a name server without glue.
    NameServer {
        /// Its name.
        server: Untrusted,
    },
    /// The keys and DS records of a cut that the server did not tell of, because it serves both sides.
    Cut {
        /// The child zone.
        child: Untrusted,
    },
}

/// A server of a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TraceServer {
    /// Its name.
    pub name: Untrusted,
    /// Its addresses.
    pub addresses: Vec<ServerAddress>,
    /// Why it has none; `null` if it has.
    pub without: Option<WithoutAddress>,
}

/// An address of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerAddress {
    /// The address and port.
    pub address: SocketAddr,
    /// Where it came from.
    pub source: ServerAddressSource,
    /// Whether it was asked.
    pub asked: bool,
    /// This host has no route to it.
    pub unreachable: bool,
}

/// Where the address of a server came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerAddressSource {
    /// The root hints.
    Hints,
    /// The parent's additional section.
    Glue,
    /// A walk of its own.
    LookedUp,
}

/// Why a server has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithoutAddress {
    /// Its name lies in the zone that it serves, and the parent gave no glue.
    GlueMissing,
    /// Its name was looked up, and has no address.
    Unresolved,
    /// Its name depends on a zone that is itself waiting for this one.
    Circular,
    /// The limit of look-ups was reached.
    LimitReached,
    /// Other servers have addresses, so it was not looked up.
    NotNeeded,
}

/// One question of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceExchange {
    /// The server asked, as an index into the step's servers, from 0.
    pub server: usize,
    /// What was asked for.
    pub asking: Asking,
    /// What the reply means for the walk; `null` where there is none.
    pub said: Option<Said>,
    /// What DNSSEC proves about the reply; `null` where it was not judged.
    pub proof: Option<Box<ResponseProof>>,
    /// The exchange.
    pub exchange: DnsExchange,
}

/// What a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Asking {
    /// The walk's own question.
    Question,
    /// The zone's DNSKEY records.
    Keys,
    /// DS records that the referral did not bring.
    Delegation,
}

/// An alias that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TraceAlias {
    /// The alias.
    pub name: Untrusted,
    /// Where it leads.
    pub target: Untrusted,
    /// The zone that says so.
    pub zone: Untrusted,
    /// Whether a DNAME record of an ancestor makes it ([RFC 6672](https://www.rfc-editor.org/rfc/rfc6672)).
    pub dname: bool,
    /// Seconds that it may be kept.
    pub ttl: u32,
}

/// What DNSSEC proves at one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepProof {
    /// The outcome for the zone: are its keys proven?
    pub security: Security,
    /// Why it is not secure, the decisive reason first; empty where the fault lies at a zone above.
    pub reasons: Vec<ProofReason>,
    /// The keys against the parent's DS; `null` where they were not judged.
    pub keys: Option<Box<ZoneKeysProof>>,
    /// The reply that was followed; `null` where there are no keys to judge it with.
    pub response: Option<Box<ResponseProof>>,
}

/// What DNSSEC proves about the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TraceSecurity {
    /// The outcome.
    pub security: Security,
    /// The zone at which it was decided; `null` where it is secure.
    pub zone: Option<Untrusted>,
    /// The decisive reason, with the record at fault; `null` where it is secure or nothing could be told.
    pub reason: Option<Box<ProofReason>>,
}

impl TraceStep {
    /// The exchange that the walk went on with.
    #[must_use]
    pub fn followed(&self) -> Option<&TraceExchange> {
        self.exchanges.get(self.followed?)
    }

    /// The walk's own questions, with the name of the server asked.
    pub fn questions(&self) -> impl Iterator<Item = (&TraceServer, &TraceExchange)> {
        self.exchanges
            .iter()
            .filter(|exchange| exchange.asking == Asking::Question)
            .filter_map(|exchange| Some((self.servers.get(exchange.server)?, exchange)))
    }
}

impl TraceRecord {
    /// Whether a server of the root was of use: without, nothing was measured about any zone. Networks with resolvers of
    /// their own let nobody else ask.
    #[must_use]
    pub fn left_the_root(&self) -> bool {
        self.steps
            .first()
            .is_some_and(|step| step.followed.is_some())
    }

    /// The decisive reason against the whole being secure.
    #[must_use]
    pub fn reason(&self) -> Option<&ProofReason> {
        self.security.as_ref()?.reason.as_deref()
    }

    /// Whether the answer should be proven and is not.
    #[must_use]
    pub fn is_bogus(&self) -> bool {
        let security = self.security.as_ref().map(|security| security.security);
        security == Some(Security::Bogus)
    }
}
