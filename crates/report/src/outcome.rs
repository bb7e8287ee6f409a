//! How a step of the walk ended. A failure of the network is a result, never an `Err`;
//! what was not measured says why, and never shows up as 0.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Failure, Layer, nanos};

/// How one step ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome<T> {
    /// The step did what it set out to do.
    Completed {
        /// What it found.
        value: T,
    },
    /// The network, the peer or the kernel said no.
    Failed {
        /// Why, typed where the fact was known.
        failure: Failure,
    },
    /// The step did not run or did not end.
    Skipped {
        /// Why not.
        reason: SkipReason,
    },
}

/// Why a step was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum SkipReason {
    /// An earlier layer failed, so there was nothing to work on.
    DependencyFailed {
        /// The layer that failed.
        layer: Layer,
    },
    /// The target does not need this step (an address needs no DNS, `http` no TLS).
    NotNeeded,
    /// The plan switched it off.
    NotAsked,
    /// Neither TLS nor HTTP is spoken on this port.
    NotSpoken,
    /// The run was interrupted first.
    Interrupted,
    /// The run's deadline passed first.
    DeadlineReached,
    /// What it needs cannot be reached from here (the root servers, for a walk from the root).
    OutOfReach,
    /// A limit of the plan forbids it (for instance a side fetch to a forbidden address).
    Forbidden {
        /// The rule, in words.
        rule: String,
    },
}

/// One step: when it began, how long it took, how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step<T> {
    /// Offset from the start of the run, in nanoseconds.
    #[serde(with = "nanos", rename = "start_ns")]
    #[schemars(with = "u64")]
    pub start: Duration,
    /// How long it took, in nanoseconds; `null` if it did not run.
    #[serde(with = "nanos::option", rename = "duration_ns")]
    #[schemars(with = "Option<u64>")]
    pub duration: Option<Duration>,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome<T>,
}

impl<T> Step<T> {
    /// A step that reached its goal between two offsets.
    #[must_use]
    pub fn completed(start: Duration, end: Duration, value: T) -> Self {
        Self {
            start,
            duration: Some(end.saturating_sub(start)),
            outcome: Outcome::Completed { value },
        }
    }

    /// A step that failed between two offsets.
    #[must_use]
    pub fn failed(start: Duration, end: Duration, failure: Failure) -> Self {
        Self {
            start,
            duration: Some(end.saturating_sub(start)),
            outcome: Outcome::Failed { failure },
        }
    }

    /// A step that ended in a result between two offsets.
    #[must_use]
    pub fn ended(start: Duration, end: Duration, result: Result<T, Failure>) -> Self {
        match result {
            Ok(value) => Self::completed(start, end, value),
            Err(failure) => Self::failed(start, end, failure),
        }
    }

    /// A step that was not taken, decided at offset `at`.
    #[must_use]
    pub fn skipped(at: Duration, reason: SkipReason) -> Self {
        Self {
            start: at,
            duration: None,
            outcome: Outcome::Skipped { reason },
        }
    }

    /// The value, if the step completed.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match &self.outcome {
            Outcome::Completed { value } => Some(value),
            _ => None,
        }
    }

    /// The failure, if the step failed.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Outcome::Failed { failure } => Some(failure),
            _ => None,
        }
    }

    /// The reason, if the step was skipped.
    #[must_use]
    pub fn skip_reason(&self) -> Option<&SkipReason> {
        match &self.outcome {
            Outcome::Skipped { reason } => Some(reason),
            _ => None,
        }
    }

    /// The offset at which the step ended (its start, if it did not run).
    #[must_use]
    pub fn end(&self) -> Duration {
        self.start + self.duration.unwrap_or_default()
    }
}

/// A layer's place in the report: its record, or why there is none. How the layer fared stands inside the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Section<T> {
    /// The layer was probed.
    Measured {
        /// What was seen, failures included.
        record: T,
    },
    /// The layer was not probed.
    Skipped {
        /// Why not.
        reason: SkipReason,
    },
}

impl<T> Section<T> {
    /// The record, if the layer was probed.
    #[must_use]
    pub fn record(&self) -> Option<&T> {
        match self {
            Self::Measured { record } => Some(record),
            Self::Skipped { .. } => None,
        }
    }

    /// The reason, if it was not.
    #[must_use]
    pub fn skip_reason(&self) -> Option<&SkipReason> {
        match self {
            Self::Measured { .. } => None,
            Self::Skipped { reason } => Some(reason),
        }
    }
}
