//! A question in flight, its message, and which replies are its own.

use std::net::SocketAddr;
use std::time::Instant;

use netwhy_report::plan::DnsQueryOptions;

use crate::mnemonic::{RecordClass, RecordType};
use crate::name::DomainName;
use crate::query::opt_record;
use crate::query_message::{QueryMessage, QueryMessageError};

/// Bytes of a header.
const HEADER: usize = 12;

/// A question in flight.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) line: u64,
    /// Its place among the results, where they keep the order of the input.
    pub(super) place: u64,
    pub(super) name: DomainName,
    pub(super) record_type: RecordType,
    /// Of each query sent: channel, id, and when.
    pub(super) sent: Vec<(usize, u16, Instant)>,
    /// The server of the first try, counted through the servers.
    pub(super) base: usize,
    pub(super) server: SocketAddr,
    /// A reply was cut: the question is being asked over TCP.
    pub(super) over_tcp: bool,
}

/// What all queries of a run have in common.
#[derive(Debug)]
pub(super) struct Template {
    header: [u8; HEADER],
    class: [u8; 2],
    /// The OPT record.
    tail: Vec<u8>,
}

impl Template {
    pub(super) fn new(
        options: &DnsQueryOptions,
        class: RecordClass,
    ) -> Result<Self, QueryMessageError> {
        let edns = options
            .edns
            .as_ref()
            .map(opt_record)
            .transpose()
            .map_err(|_| QueryMessageError::TooLong)?;
        let message = QueryMessage {
            class,
            recursion_desired: options.recursion_desired,
            authentic_data: options.authentic_data,
            checking_disabled: options.checking_disabled,
            edns,
            ..QueryMessage::new(0, DomainName::root(), RecordType(1))
        };
        let bytes = message.encode()?;
        // The root's name is one byte: behind it stand type and class, and then what does not change.
        let (header, rest) = bytes
            .split_first_chunk::<HEADER>()
            .ok_or(QueryMessageError::TooLong)?;
        Ok(Self {
            header: *header,
            class: class.0.to_be_bytes(),
            tail: rest.get(5..).unwrap_or_default().to_vec(),
        })
    }

    /// Writes a query into `message`.
    pub(super) fn write(
        &self,
        id: u16,
        name: &DomainName,
        record_type: RecordType,
        message: &mut Vec<u8>,
    ) {
        message.clear();
        message.extend_from_slice(&id.to_be_bytes());
        message.extend_from_slice(&self.header[2..]);
        message.extend_from_slice(name.wire());
        message.extend_from_slice(&record_type.0.to_be_bytes());
        message.extend_from_slice(&self.class);
        message.extend_from_slice(&self.tail);
    }

    /// Whether `reply` answers this question; its id is known to be right.
    pub(super) fn answers(&self, reply: &[u8], flight: &Flight) -> bool {
        let Some((header, rest)) = reply.split_first_chunk::<HEADER>() else {
            return false;
        };
        let is_response = header[2] & 0x80 != 0 && header[2] & 0x78 == 0;
        let code = header[3] & 0x0f;
        match (header[4], header[5]) {
            // A server that cannot read a query, or will not, may leave the question out.
            (0, 0) => is_response && code != 0 && code != 3,
            (0, 1) => {
                let name = flight.name.wire();
                let question = rest.get(..name.len() + 4);
                is_response
                    && question.is_some_and(|question| {
                        let (asked, kind) = question.split_at(name.len());
                        // Length bytes are below every letter: the case of letters alone is ignored.
                        asked.eq_ignore_ascii_case(name)
                            && kind[..2] == flight.record_type.0.to_be_bytes()
                            && kind[2..] == self.class
                    })
            }
            _ => false,
        }
    }
}

/// Whether a reply was cut (TC).
pub(super) fn is_cut(reply: &[u8]) -> bool {
    reply.get(2).is_some_and(|bits| bits & 0x02 != 0)
}
