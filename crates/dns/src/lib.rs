//! Asks DNS, and reads how this host is set up to ask.
//!
//! # Layout
//!
//! | module | job |
//! |---|---|
//! | [`exchange`] | one question to one server: tries, EDNS fallback, TCP after truncation |
//! | `udp`, `tcp`, `reply` | the two transports, and which of the arriving messages are ours |
//! | `answer`, `registry` | a reply as a [`netwhy_report::dns::DnsAnswer`]; the IANA names of codes |
//! | [`mod@resolve`] | one name to every server at once, with addresses as soon as they are there |
//! | [`configuration`] | resolv.conf, hosts, nsswitch.conf |
//! | [`system`] | what the system's own resolver would do with them |
//!
//! Failures of the network are results ([`netwhy_report::Failure`]), never `Err`; every wait ends by a timeout.

mod answer;
pub mod configuration;
pub mod exchange;
#[cfg(test)]
mod fake_server;
mod registry;
mod reply;
pub mod resolve;
pub mod system;
mod tcp;
mod udp;

pub use configuration::{read_hosts, read_lookup_order, read_resolv_conf};
pub use exchange::{AskOptions, Question, ask};
pub use resolve::{Resolution, ResolveOptions, resolve, start};
pub use system::{search_candidates, system_path};
