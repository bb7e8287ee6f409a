//! How a walk ends, and what each reply on the way means for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{SkipReason, Untrusted};

/// What a reply means for the walk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// The records asked for.
    Answer,
    /// An alias that leads elsewhere.
    Alias {
        /// Where it leads.
        target: Untrusted,
    },
    /// Ask the servers of a zone below.
    Referral {
        /// The child zone.
        child: Untrusted,
        /// Its servers, by name.
        servers: Vec<Untrusted>,
        /// A DS record set came along.
        signed: bool,
    },
    /// The name exists without this type.
    NoData,
    /// The name does not exist.
    NameError,
    /// The server does not serve the zone that it is listed for.
    Lame {
        /// How it shows.
        why: LameReason,
    },
}

impl Said {
    /// Whether the walk can go on with it.
    #[must_use]
    pub fn is_useful(&self) -> bool {
        !matches!(self, Self::Lame { .. })
    }
}

/// How a server shows that it does not serve a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum LameReason {
    /// A response code other than NOERROR and NXDOMAIN: REFUSED, SERVFAIL, NOTAUTH and others.
    Code {
        /// The code.
        rcode: u16,
        /// Its mnemonic.
        name: String,
    },
    /// An answer without AA: from a cache, or from nothing.
    NotAuthoritative,
    /// A referral to the zone itself or to one above it.
    UpwardReferral {
        /// Where it points.
        zone: Untrusted,
    },
}

/// How a trace ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum TraceEnd {
    /// With the records asked for.
    Answer,
    /// The name exists without this type.
    NoData {
        /// The name: the last of the aliases, if there are any.
        name: Untrusted,
    },
    /// The name does not exist.
    NameError {
        /// The name: the last of the aliases, if there are any.
        name: Untrusted,
    },
    /// An alias leads to a name that was already there.
    AliasLoop {
        /// The name that comes again.
        name: Untrusted,
    },
    /// More aliases than are followed.
    AliasesTooMany {
        /// How many are followed.
        limit: usize,
    },
    /// Servers of a zone replied, and none of them serves it.
    Lame {
        /// The zone.
        zone: Untrusted,
    },
    /// No server of a zone replied.
    Silent {
        /// The zone.
        zone: Untrusted,
    },
    /// This host has no route to any server of a zone.
    Unreachable {
        /// The zone.
        zone: Untrusted,
    },
    /// No server of a zone has an address.
    NoAddress {
        /// The zone.
        zone: Untrusted,
    },
    /// More cuts than are followed.
    TooDeep {
        /// How many are followed.
        limit: usize,
    },
    /// More queries than are sent.
    QueriesSpent {
        /// How many are sent.
        limit: u32,
    },
    /// The run ended first.
    Stopped {
        /// Why.
        reason: SkipReason,
    },
}
