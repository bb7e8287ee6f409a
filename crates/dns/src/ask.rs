//! The question of a diagnosis: the addresses of one type that one server gives for a name.

use std::net::SocketAddr;
use std::time::Instant;

use hickory_proto::op::Query;
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::dns::{AddressType, DnsQuery};
use netwhy_report::{SkipReason, Step, Timeline};

use crate::answer;
use crate::exchange::{ExchangeOptions, exchange};

/// What to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name in ASCII form; it is taken as absolute, with or without a trailing dot.
    pub name: String,
    /// The record type.
    pub record_type: AddressType,
}

/// How to ask, and how much of the answer is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskOptions {
    /// How the question is asked.
    pub exchange: ExchangeOptions,
    /// Links of a CNAME chain that are followed inside an answer.
    pub cname_links: usize,
    /// Bytes kept of one name or text.
    pub field_bytes: usize,
}

/// Asks one server for addresses, as [`exchange`] does.
///
/// A name that breaks the limits of DNS is skipped as forbidden.
pub async fn ask(
    question: &Question,
    server: SocketAddr,
    options: &AskOptions,
    timeline: &Timeline,
) -> DnsQuery {
    let record_type = question.record_type;
    let Some(query) = query(&question.name, record_type) else {
        let rule = "labels of a DNS name have 1 to 63 octets, the whole name at most 255 (RFC 1035 §2.3.4)";
        let rule = rule.to_owned();
        let start = timeline.offset(Instant::now());
        return DnsQuery {
            server,
            record_type,
            tries: Vec::new(),
            step: Step::skipped(start, SkipReason::Forbidden { rule }),
        };
    };
    let ended = exchange(&query, &server.into(), &options.exchange, timeline).await;
    let truncated = ended.was_truncated();
    let step =
        ended.step(|reply| answer::read(reply, &query.name, record_type, truncated, options));
    DnsQuery {
        server,
        record_type,
        tries: ended.tries,
        step,
    }
}

/// The question as it goes onto the wire; `None` if the name breaks the limits of DNS.
fn query(name: &str, record_type: AddressType) -> Option<Query> {
    let mut name = Name::from_ascii(name.trim_end_matches('.')).ok()?;
    name.set_fqdn(true);
    let record_type = match record_type {
        AddressType::A => RecordType::A,
        AddressType::Aaaa => RecordType::AAAA,
    };
    Some(Query::query(name, record_type))
}

#[cfg(test)]
mod tests;
