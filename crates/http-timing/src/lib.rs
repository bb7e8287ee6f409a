//! One HTTP exchange, every phase stamped: hyper driven by hand, since a client that hides its connections hides the time too.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`exchange()`] | one request and its response over a stream that is handed in; HTTP/1.1 or HTTP/2 |
//! | [`fetch()`] | a small body within a limit: for missing intermediates |
//! | [`redirect`] | which statuses redirect, and with which method |
//! | `timed_io` | when bytes went and came |
//! | `failure` | hyper's errors as facts |
//! | `head` | status and header fields as a record |

mod exchange;
mod failure;
mod fetch;
mod head;
pub mod redirect;
mod timed_io;

pub use exchange::{Limits, Observation, Protocol, Request, ReusableConnection, exchange};
pub use fetch::{FetchError, fetch};
pub use redirect::{is_redirect, next_method};

#[cfg(test)]
mod tests;
