//! A message as received, as the report keeps it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hickory_proto::op::Message;
use hickory_proto::rr::Record;
use netwhy_report::Untrusted;
use netwhy_report::dns::message::{DnsMessage, HeaderFlags, Question, ResourceRecord, Undecodable};
use netwhy_report::untrusted::escape;

use crate::registry::rcode_name;

/// Decodes the bytes of a message.
///
/// # Errors
/// [`Undecodable`] with the place where decoding stopped.
pub fn decode(wire: &[u8]) -> Result<DnsMessage, Undecodable> {
    let message = Message::from_vec(wire).map_err(|error| Undecodable {
        reason: escape(&error.to_string()).into_owned(),
        offset: 0,
        wire_b64: BASE64.encode(wire),
    })?;
    let rcode = u16::from(message.metadata.response_code);
    Ok(DnsMessage {
        id: message.metadata.id,
        opcode: format!("{:?}", message.metadata.op_code).to_uppercase(),
        rcode,
        rcode_name: rcode_name(rcode),
        flags: HeaderFlags {
            response: true,
            authoritative: message.metadata.authoritative,
            truncated: message.metadata.truncation,
            recursion_desired: message.metadata.recursion_desired,
            recursion_available: message.metadata.recursion_available,
            authentic: message.metadata.authentic_data,
            checking_disabled: message.metadata.checking_disabled,
        },
        question: message
            .queries
            .iter()
            .map(|query| Question {
                name: Untrusted::from(query.name.to_ascii().as_str()),
                class: query.query_class.to_string(),
                record_type: query.query_type.to_string(),
            })
            .collect(),
        answer: records(&message.answers),
        authority: records(&message.authorities),
        additional: records(&message.additionals),
        edns: None,
        size: u32::try_from(wire.len()).unwrap_or(u32::MAX),
        wire_b64: BASE64.encode(wire),
    })
}

fn records(records: &[Record]) -> Vec<ResourceRecord> {
    records
        .iter()
        .map(|record| ResourceRecord {
            name: Untrusted::from(record.name.to_ascii().as_str()),
            ttl: record.ttl,
            class: record.dns_class.to_string(),
            record_type: record.record_type().to_string(),
            data: Untrusted::from(record.data.to_string().as_str()),
        })
        .collect()
}
