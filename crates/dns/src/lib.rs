//! Asks DNS, and reads how this host is set up to ask.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`exchange`] | one question to one server over UDP, with TCP after truncation; every try on record |
//! | [`answer`] | from a decoded message to the record: CNAME chain, TTL, extended errors |
//! | [`resolve`] | A and AAAA to every server at once; the caller may go on with the first addresses |
//! | [`configuration`] | resolv.conf, hosts, nsswitch.conf |
//! | [`system`] | what the system's own lookup path would have given |
//!
//! The codec is hickory-proto's; sockets, timing and judgement are ours, so that no packet and no try goes unseen.

pub mod answer;
pub mod configuration;
pub mod exchange;
pub mod resolve;
pub mod system;

pub use configuration::{read_hosts, read_lookup_order, read_resolv_conf};
pub use exchange::{AskOptions, Question, ask};
pub use resolve::{Resolution, ResolveOptions, start};
pub use system::{search_candidates, system_path};

#[cfg(test)]
mod tests;
