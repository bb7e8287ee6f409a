//! A whole message as [`DnsMessage`]: the sections are walked record by record, so that one bad record does not take the
//! others with it.

use data_encoding::BASE64;
use netwhy_report::Untrusted;
use netwhy_report::dns::message::{
    DnsMessage, HeaderFlags, MessageFault, Question, ResourceRecord, Undecodable,
};

use crate::edns;
use crate::mnemonic::{RecordClass, RecordType, opcode_name};
use crate::name::DomainName;
use crate::presentation::{generic, to_text};
use crate::registry::rcode_name;
use crate::wire::{Malformed, Reader};

/// The largest message there can be: TCP counts its length in two bytes.
const MESSAGE: usize = 65_535;

/// The record type of OPT.
const OPT: RecordType = RecordType(41);

/// Decodes a message.
///
/// RDATA that breaks the form of its type is given as `\# length hex`, with the reason among the message's `faults`;
/// so are bytes after the last record, and an OPT record out of its place.
///
/// # Errors
///
/// Where header, names or counts break, nothing after that place can be found: the reason and the exact offset.
pub fn decode(bytes: &[u8]) -> Result<DnsMessage, Undecodable> {
    let mut message = walk(bytes, Depth::Whole).map_err(|fault| undecodable(bytes, fault))?;
    message.wire_b64 = BASE64.encode(bytes);
    Ok(message)
}

/// The same as far as a result of many needs it: the authority and additional sections are walked, not laid out (but for the OPT
/// record), and the bytes are not kept.
///
/// # Errors
///
/// As [`decode`].
pub(crate) fn decode_answer(bytes: &[u8]) -> Result<DnsMessage, Undecodable> {
    walk(bytes, Depth::Answer).map_err(|fault| undecodable(bytes, fault))
}

fn undecodable(bytes: &[u8], fault: Malformed) -> Undecodable {
    Undecodable {
        reason: fault.reason.into_owned(),
        offset: fault.offset,
        wire_b64: BASE64.encode(bytes),
    }
}

/// How much of a message is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Whole,
    Answer,
}

fn walk(bytes: &[u8], depth: Depth) -> Result<DnsMessage, Malformed> {
    if bytes.len() > MESSAGE {
        let reason = format!(
            "a message has at most 65535 bytes, this has {}",
            bytes.len()
        );
        return Err(Malformed::new(MESSAGE, reason));
    }
    let mut reader = Reader::new(bytes);
    let mut message = header(&mut reader)?;
    let mut counts = [0; 4];
    for count in &mut counts {
        *count = reader.u16().map_err(in_part("header"))?;
    }
    let [questions, answers, authorities, additionals] = counts;
    // Nothing is set aside for what a count promises: each item must be there first.
    for nth in 1..=questions {
        let part = || format!("question {nth} of {questions}");
        let question = question(&mut reader).map_err(|fault| within(&part(), &fault))?;
        message.question.push(question);
    }
    let mut walk = Walk {
        reader,
        message,
        depth,
    };
    walk.message.answer = walk.section("answer", answers)?;
    walk.message.authority = walk.section("authority", authorities)?;
    walk.message.additional = walk.section("additional", additionals)?;
    let Walk {
        reader,
        mut message,
        ..
    } = walk;
    if !reader.is_empty() {
        message.faults.push(MessageFault {
            offset: reader.position(),
            reason: format!("{} bytes follow the last record", reader.remaining()),
        });
    }
    message.size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    Ok(message)
}

fn header(reader: &mut Reader<'_>) -> Result<DnsMessage, Malformed> {
    let id = reader.u16().map_err(in_part("header"))?;
    let bits = reader.u16().map_err(in_part("header"))?;
    let is_set = |mask| bits & mask != 0;
    let [high, low] = bits.to_be_bytes();
    let rcode = u16::from(low & 15);
    Ok(DnsMessage {
        id,
        opcode: opcode_name(high >> 3 & 15),
        rcode,
        rcode_name: rcode_name(rcode),
        flags: HeaderFlags {
            response: is_set(0x8000),
            authoritative: is_set(0x0400),
            truncated: is_set(0x0200),
            recursion_desired: is_set(0x0100),
            recursion_available: is_set(0x0080),
            authentic: is_set(0x0020),
            checking_disabled: is_set(0x0010),
        },
        ..DnsMessage::default()
    })
}

fn question(reader: &mut Reader<'_>) -> Result<Question, Malformed> {
    let name = reader.name()?;
    let record_type = RecordType(reader.u16()?);
    let class = RecordClass(reader.u16()?);
    Ok(Question {
        name: shown(&name),
        class: class.to_string(),
        record_type: record_type.to_string(),
    })
}

/// The walk over the three sections of records.
struct Walk<'message> {
    reader: Reader<'message>,
    message: DnsMessage,
    depth: Depth,
}

impl Walk<'_> {
    fn section(
        &mut self,
        section: &'static str,
        count: u16,
    ) -> Result<Vec<ResourceRecord>, Malformed> {
        let mut records = Vec::new();
        for nth in 1..=count {
            let part = || format!("{section} record {nth} of {count}");
            let raw = raw(&mut self.reader).map_err(|fault| within(&part(), &fault))?;
            if raw.record_type == OPT && section == "additional" && self.message.edns.is_none() {
                self.read_opt(&raw);
                continue;
            }
            if raw.record_type == OPT {
                self.fault(
                    &part(),
                    &raw.rdata.fault("an OPT record too many or out of place"),
                );
            }
            if self.depth == Depth::Answer && section != "answer" {
                continue;
            }
            let data = to_text(raw.class, raw.record_type, &raw.rdata).unwrap_or_else(|fault| {
                let part = format!("{} ({} {})", part(), raw.owner, raw.record_type);
                self.fault(&part, &fault);
                generic(raw.rdata.clone().rest())
            });
            records.push(ResourceRecord {
                name: shown(&raw.owner),
                ttl: raw.ttl,
                class: raw.class.to_string(),
                record_type: raw.record_type.to_string(),
                data: Untrusted::from(data.as_str()),
            });
        }
        Ok(records)
    }

    fn read_opt(&mut self, raw: &RawRecord<'_>) {
        if !raw.owner.is_root() {
            self.fault("OPT", &raw.rdata.fault("its owner is not the root"));
        }
        let (record, fault) = edns::read(raw.class.0, raw.ttl, raw.rdata.clone());
        if let Some(fault) = fault {
            self.fault("OPT", &fault);
        }
        self.message.rcode |= u16::from(raw.ttl.to_be_bytes()[0]) << 4;
        self.message.rcode_name = rcode_name(self.message.rcode);
        self.message.edns = Some(record);
    }

    fn fault(&mut self, part: &str, fault: &Malformed) {
        let Malformed { offset, reason } = within(part, fault);
        self.message.faults.push(MessageFault {
            offset,
            reason: reason.into_owned(),
        });
    }
}

/// A record before its data is read.
struct RawRecord<'message> {
    owner: DomainName,
    record_type: RecordType,
    class: RecordClass,
    ttl: u32,
    rdata: Reader<'message>,
}

fn raw<'message>(reader: &mut Reader<'message>) -> Result<RawRecord<'message>, Malformed> {
    let owner = reader.name()?;
    let record_type = RecordType(reader.u16()?);
    let class = RecordClass(reader.u16()?);
    let ttl = reader.u32()?;
    let length = reader.u16()?;
    let rdata = reader.part(usize::from(length)).map_err(|fault| {
        let reason = format!("RDLENGTH: {}", fault.reason);
        Malformed::new(fault.offset, reason)
    })?;
    Ok(RawRecord {
        owner,
        record_type,
        class,
        ttl,
        rdata,
    })
}

fn shown(name: &DomainName) -> Untrusted {
    Untrusted::from(name.to_string().as_str())
}

fn in_part(part: &'static str) -> impl Fn(Malformed) -> Malformed {
    move |fault| within(part, &fault)
}

fn within(part: &str, fault: &Malformed) -> Malformed {
    Malformed::new(fault.offset, format!("{part}: {}", fault.reason))
}

#[cfg(test)]
mod tests;
