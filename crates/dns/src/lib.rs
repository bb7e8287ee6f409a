//! Asks DNS, and reads how this host is set up to ask.
//!
//! # Layout
//!
//! | module | job |
//! |---|---|
//! | [`mod@exchange`] | one question to one server: tries, EDNS fallback, TCP after truncation |
//! | `transport` | UDP, TCP, TLS, HTTPS, HTTP/3, QUIC |
//! | [`query`], `reply` | queries as sent, and which of the arriving messages are ours |
//! | [`mod@ask`], `answer` | the question of a diagnosis: addresses, as a [`netwhy_report::dns::DnsAnswer`] |
//! | [`mod@record`] | exchanges as the report keeps them |
//! | [`message`] | a whole message decoded, one bad record at a time |
//! | [`query_message`] | a query encoded, EDNS options included |
//! | [`name`], [`mnemonic`] | domain names; the words for record types and classes |
//! | [`presentation`], [`zone_file`] | RDATA as text and back; zone files |
//! | `wire`, `edns` | the cursor over wire bytes; EDNS options |
//! | `registry` | the IANA names of codes |
//! | [`mod@trace`] | the walk from the root, every cut proven |
//! | [`mod@resolve`] | one name to every server at once, with addresses as soon as they are there |
//! | [`dnssec`] | what DNSSEC proves about a response, and why not |
//! | [`configuration`] | resolv.conf, hosts, nsswitch.conf |
//! | [`system`] | what the system's own resolver would do with them |
//!
//! Failures of the network are results ([`netwhy_report::Failure`]), never `Err`; every wait ends by a timeout.

mod answer;
pub mod ask;
pub mod bulk;
pub mod configuration;
pub mod dnssec;
mod edns;
pub mod exchange;
#[cfg(test)]
mod fake_server;
pub mod message;
pub mod mnemonic;
pub mod name;
pub mod presentation;
pub mod query;
pub mod query_message;
pub mod record;
mod registry;
mod reply;
pub mod resolve;
pub mod system;
pub mod trace;
mod transport;
mod wire;
pub mod zone_file;

pub use hickory_proto::op::Query;

pub use ask::{AskOptions, Question, ask};
pub use configuration::{read_hosts, read_lookup_order, read_resolv_conf};
pub use exchange::{Carrier, Endpoint, Exchange, ExchangeOptions, Identity, Reply, exchange};
pub use resolve::{Resolution, ResolveOptions, resolve, start};
pub use system::{search_candidates, system_path};
