//! What was asked (a [`Plan`]) and what happened (a [`Report`]), as plain data: no I/O, no async, no rendering.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`target`], [`plan`], [`budget`] | the question: whom, how, and within which limits |
//! | [`outcome`], [`failure`] | how a step ended: completed, failed (typed), or skipped with a reason |
//! | [`untrusted`] | bytes from the network, which cannot be printed by accident |
//! | [`client`], [`dns`], [`tcp`], [`tls`], [`http`] | one record per layer |
//! | [`report`], [`endpoint`], [`phases`] | the whole, a view of it hop by hop, and its waterfall |
//!
//! Durations are `std::time::Duration` in code and integer nanoseconds in JSON; offsets count from
//! [`Report::started_at`].

pub mod budget;
pub mod client;
pub mod dns;
pub mod endpoint;
pub mod failure;
pub mod http;
pub mod layer;
pub mod nanos;
pub mod outcome;
pub mod phases;
pub mod plan;
pub mod report;
pub mod target;
pub mod tcp;
pub mod timeline;
pub mod tls;
pub mod untrusted;

pub use budget::{Budgets, Limit, LimitHit};
pub use endpoint::Endpoint;
pub use failure::{Failure, IcmpError};
pub use layer::Layer;
pub use outcome::{Outcome, Section, SkipReason, Step};
pub use plan::{DiagnosePlan, Plan};
pub use report::Report;
pub use target::Target;
pub use timeline::Timeline;
pub use untrusted::Untrusted;
