//! Walks from the root to a name: every cut on the way, every server of it, and what DNSSEC proves.
//!
//! # Layout
//!
//! | module | job |
//! |---|---|
//! | `hints` | where a walk begins |
//! | `said` | what a reply means |
//! | `zone` | a zone's servers and their addresses |
//! | `flights` | questions under way, with their limits |
//! | `step` | one zone: all its servers at once, on with the first that is of use |
//! | `walk` | zone after zone, alias after alias |
//! | `prove` | the chain of keys along the way |
//! | `keep` | the walk as the report has it |

mod flights;
mod hints;
mod keep;
mod prove;
mod said;
mod step;
mod walk;
mod zone;

use hickory_proto::op::Query;
use jiff::Timestamp;
use netwhy_report::dns::TraceRecord;
use netwhy_report::plan::Family;
use netwhy_report::{SkipReason, Timeline};
use std::pin::Pin;

use crate::dnssec::TrustAnchors;
use crate::exchange::ExchangeOptions;

pub use hints::{HintsError, RootHints};

/// How to walk.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Where the walk begins.
    pub hints: RootHints,
    /// Ask for signatures, and prove every cut.
    pub dnssec: bool,
    /// Whose keys are believed; without, nothing can be proven.
    pub anchors: Option<TrustAnchors>,
    /// The time that signatures are judged for.
    pub now: Timestamp,
    /// The port of every server.
    pub port: u16,
    /// Show each zone only as much of the name as it needs.
    pub minimise: bool,
    /// Ask servers of this family only.
    pub family: Option<Family>,
    /// How each question is asked; RD and DO are the walk's own.
    pub exchange: ExchangeOptions,
    /// The limits.
    pub limits: TraceLimits,
}

/// What a walk may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceLimits {
    /// Queries, retransmissions apart.
    pub queries: u32,
    /// Zone cuts from the root to a name.
    pub delegations: usize,
    /// Name servers without glue that are looked up.
    pub glueless: usize,
    /// Aliases followed.
    pub aliases: usize,
}

/// What ends a walk early.
pub type Stopped<'run> = Pin<Box<dyn Future<Output = SkipReason> + Send + 'run>>;

/// Walks from the root to the answer of `query`.
///
/// Ends by itself within the limits, or soon after `stopped` is ready, with what it has then.
pub async fn trace(
    query: &Query,
    settings: &TraceSettings,
    timeline: &Timeline,
    stopped: Stopped<'_>,
) -> TraceRecord {
    let mut walker = walk::Walker::new(settings, *timeline, stopped);
    let walked = walker.answer(&query.name, query.query_type).await;
    let security = walker.prove(&walked).await;
    let end = walker.elapsed();
    walker.gather().await;
    walker.keep(query, walked, security, end)
}

#[cfg(test)]
mod tests;
