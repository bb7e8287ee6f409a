//! An exchange as the report keeps it.

use std::net::SocketAddr;

use hickory_proto::op::Query;
use netwhy_report::dns::message::Question;
use netwhy_report::dns::{DnsExchange, DnsServer};
use netwhy_report::{Step, Untrusted};

use crate::exchange::Exchange;
use crate::message::decode;
use crate::mnemonic::{RecordClass, RecordType};
use crate::name::DomainName;

/// The record of an exchange with `server`, at `address`. A reply that only the codec's strict reader refuses is decoded leniently.
#[must_use]
pub fn record(
    exchange: Exchange,
    server: DnsServer,
    address: SocketAddr,
    query: &Query,
) -> DnsExchange {
    let mut undecodable = None;
    let mut read = |wire: &[u8]| match decode(wire) {
        Ok(message) => Some(Box::new(message)),
        Err(broken) => {
            undecodable = Some(broken);
            None
        }
    };
    let message = match (&exchange.result, &exchange.undecodable) {
        (Ok(reply), _) => read(&reply.wire),
        (Err(_), Some(wire)) => read(wire),
        (Err(_), None) => None,
    };
    let step = match (message, exchange.result) {
        (Some(message), _) => Step::completed(exchange.start, exchange.end, message),
        (None, Err(failure)) => Step::failed(exchange.start, exchange.end, failure),
        (None, Ok(_)) => {
            let reason = undecodable
                .as_ref()
                .map(|broken| broken.reason.clone())
                .unwrap_or_default();
            let failure = netwhy_report::Failure::DnsUndecodable { reason };
            Step::failed(exchange.start, exchange.end, failure)
        }
    };
    DnsExchange {
        server,
        address: Some(address),
        question: question(query),
        tries: exchange.tries,
        step,
        undecodable,
    }
}

/// The question in presentation form.
#[must_use]
pub fn question(query: &Query) -> Question {
    Question {
        name: Untrusted::from(DomainName::from(&query.name).to_string().as_str()),
        class: RecordClass(query.query_class.into()).to_string(),
        record_type: RecordType(query.query_type.into()).to_string(),
    }
}
