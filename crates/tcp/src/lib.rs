//! Opens TCP connections and says what the kernel knows about them: the address race, the connect matrix,
//! `TCP_INFO`, and the ICMP error behind a failed connect. No privilege needed.
//!
//! # Layout
//!
//! | module | does |
//! |---|---|
//! | [`mod@connect`] | one bounded connect, its failure traced to an errno and an ICMP error |
//! | [`mod@race`] | the browser's way: addresses staggered, the first connection wins |
//! | [`mod@matrix`] | every address at once and independently |
//! | [`mod@info`] | `TCP_INFO` of a live connection, also while TLS or HTTP owns the stream |
//! | [`mod@route`] | which source address the routing table would use |
//! | `cause` | (stage, errno, ICMP) to a typed failure |
//! | `kernel` | the system calls: error queue, `TCP_INFO`, own addresses; the only `unsafe` code |
//!
//! The error queue and `TCP_INFO` are Linux's; elsewhere connects work and those facts are absent.

mod cause;
pub mod connect;
pub mod info;
mod kernel;
pub mod matrix;
pub mod race;
pub mod route;

pub use connect::{ConnectOptions, connect};
pub use info::{InfoHandle, info};
pub use matrix::{Matrix, start_matrix};
pub use race::{ATTEMPT_DELAY, order, race};
pub use route::{source_towards, usable_source};

#[cfg(test)]
mod loopback;
