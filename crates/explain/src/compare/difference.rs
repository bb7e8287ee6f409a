//! The kinds of difference that a comparison can show.

use netwhy_report::Untrusted;
use netwhy_report::dns::compare::AnswerSet;

use super::View;
use crate::Confidence;

/// One difference: who is odd, in what, and why.
#[derive(Debug, Clone)]
pub(crate) struct Difference<'report> {
    pub(crate) kind: Kind,
    /// The servers with the odd answer.
    pub(crate) who: Vec<View<'report>>,
    /// The odd answers.
    pub(crate) odd: Vec<AnswerSet>,
    /// What the others say.
    pub(crate) others: Vec<AnswerSet>,
    pub(crate) confidence: Confidence,
}

/// What a difference is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A resolver has records that the authorities had once.
    Stale,
    /// A resolver says no from its cache, the authorities have the record.
    NegativeCached,
    /// Authorities of one primary have different serials.
    Lagging {
        newest: u32,
        /// The oldest of the others.
        oldest: u32,
        /// Whether this name's data differ between them.
        data_differ: bool,
        /// By its form the newest serial was made longer ago than a refresh takes.
        overdue: bool,
    },
    /// Equal serials, other data.
    Inconsistent { serial: u32 },
    /// Machines behind one address of an authority have different zones.
    SiteOutOfDate {
        machines: Vec<(Untrusted, AnswerSet)>,
        serials: Vec<u32>,
    },
    /// Authorities of different primaries serve different data.
    OperatorsDiffer { primaries: Vec<Untrusted> },
    /// A resolver sees another zone of the same name.
    SplitHorizon { other_primary: Option<Untrusted> },
    /// A resolver answers the same for a name that cannot exist.
    Rewritten,
    /// Nothing explains it.
    Unexplained(Unexplained),
    /// It is meant to vary.
    Varies(Variance),
}

/// Why a difference has no explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unexplained {
    /// No authority was reached: nobody says who is right.
    NoAuthority,
    /// The resolver says that it filters (extended errors 15 to 18).
    Policy,
    /// Its TTL does not count down: it is not an old copy.
    NotCached,
    /// It was fetched after the run began: an authority that we do not see told it so.
    FetchedNow,
    /// Resolvers have several odd answers: places, or copies of different age.
    SeveralAnswers,
    /// A "no" without the SOA record that would make it cacheable.
    NoProof,
    /// It was not watched for long enough.
    NotWatched,
}

/// Why an answer may vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variance {
    /// One set in changing order.
    Order,
    /// Changing parts of a pool.
    Pool,
    /// The client's network decides.
    Geography,
}
