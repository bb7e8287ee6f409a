//! A decoded message as an answer: the CNAME chain from the question to its end, the addresses there, how long all
//! of it may be kept, and what the server adds in extended errors.

use std::collections::HashSet;
use std::net::IpAddr;

use hickory_proto::op::Message;
use hickory_proto::rr::rdata::SOA;
use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_proto::rr::{DNSClass, Name, RData, Record};
use netwhy_report::Untrusted;
use netwhy_report::dns::{AddressType, DnsAnswer, ExtendedError, rcode};

use crate::ask::AskOptions;
use crate::edns::{EXTENDED_ERROR, extended_error};
use crate::exchange::Reply;
use crate::registry::rcode_name;

/// A resolver sends a handful; more is padding or an attack on the reader.
const EXTENDED_ERRORS_KEPT: usize = 16;

/// Reads the answer to `question` out of a reply; `truncated` tells whether one over UDP was cut before.
pub(crate) fn read(
    reply: &Reply,
    question: &Name,
    record_type: AddressType,
    truncated: bool,
    options: &AskOptions,
) -> DnsAnswer {
    let message = &reply.message;
    let code = u16::from(message.metadata.response_code);
    let chain = Chain::follow(&message.answers, question, options.cname_links);
    let (addresses, ttl) = chain.addresses(&message.answers, record_type);
    let negative = addresses.is_empty() && matches!(code, rcode::NOERROR | rcode::NXDOMAIN);
    let start_of_authority = if negative {
        authority(&message.authorities, &chain.end)
    } else {
        None
    };
    DnsAnswer {
        rcode: code,
        rcode_name: rcode_name(code),
        authoritative: message.metadata.authoritative,
        truncated,
        authentic: message.metadata.authentic_data,
        addresses,
        // How long "no" may be kept: RFC 2308 §5.
        ttl: start_of_authority.map_or(ttl, |(record, soa)| {
            Some(lifetime(record.ttl).min(lifetime(soa.minimum)))
        }),
        cnames: chain
            .targets
            .iter()
            .map(|name| shown(name, options.field_bytes))
            .collect(),
        cname_loop: chain.looped,
        extended_errors: extended_errors(message, options.field_bytes),
        negative_zone: start_of_authority
            .map(|(record, _)| shown(&record.name, options.field_bytes)),
        size: reply.size(),
    }
}

/// The way from the question to the name that should own the addresses.
struct Chain {
    targets: Vec<Name>,
    end: Name,
    ttl: Option<u32>,
    /// The chain came back or was longer than the limit: it has no end to look at.
    endless: bool,
    looped: bool,
}

impl Chain {
    fn follow(answers: &[Record], question: &Name, limit: usize) -> Self {
        let mut chain = Self {
            targets: Vec::new(),
            end: question.clone(),
            ttl: None,
            endless: false,
            looped: false,
        };
        while let Some((target, ttl)) = alias(answers, &chain.end) {
            if chain.targets.len() >= limit {
                chain.endless = true;
                break;
            }
            chain.looped = target == question || chain.targets.contains(target);
            chain.targets.push(target.clone());
            chain.ttl = least(chain.ttl, ttl);
            chain.end = target.clone();
            if chain.looped {
                chain.endless = true;
                break;
            }
        }
        chain
    }

    /// Addresses owned by the chain's end, in the order sent, and the least TTL on the way.
    fn addresses(
        &self,
        answers: &[Record],
        record_type: AddressType,
    ) -> (Vec<IpAddr>, Option<u32>) {
        let mut addresses = Vec::new();
        let mut ttl = self.ttl;
        let mut seen = HashSet::new();
        // Records of other owners are none of our business: whoever sends them may want to slip them in.
        for record in answers.iter().filter(|record| owned(record, &self.end)) {
            let address = match (&record.data, record_type) {
                _ if self.endless => continue,
                (RData::A(address), AddressType::A) => IpAddr::V4(address.0),
                (RData::AAAA(address), AddressType::Aaaa) => IpAddr::V6(address.0),
                _ => continue,
            };
            ttl = least(ttl, record.ttl);
            if seen.insert(address) {
                addresses.push(address);
            }
        }
        (addresses, ttl)
    }
}

fn alias<'message>(answers: &'message [Record], owner: &Name) -> Option<(&'message Name, u32)> {
    answers.iter().find_map(|record| match &record.data {
        RData::CNAME(target) if owned(record, owner) => Some((&target.0, record.ttl)),
        _ => None,
    })
}

fn owned(record: &Record, owner: &Name) -> bool {
    record.dns_class == DNSClass::IN && record.name == *owner
}

/// The SOA record that denies `name`; one of a zone that does not contain it says nothing.
fn authority<'message>(
    authorities: &'message [Record],
    name: &Name,
) -> Option<(&'message Record, &'message SOA)> {
    authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) if record.name.zone_of(name) => Some((record, soa)),
        _ => None,
    })
}

fn least(so_far: Option<u32>, ttl: u32) -> Option<u32> {
    Some(so_far.map_or(lifetime(ttl), |so_far| so_far.min(lifetime(ttl))))
}

/// A TTL with its top bit set counts as 0 ([RFC 2181 §8](https://www.rfc-editor.org/rfc/rfc2181#section-8)).
fn lifetime(ttl: u32) -> u32 {
    if ttl > i32::MAX.unsigned_abs() {
        0
    } else {
        ttl
    }
}

fn shown(name: &Name, limit: usize) -> Untrusted {
    let text = name.to_ascii();
    let text = match text.strip_suffix('.') {
        Some(relative) if !relative.is_empty() => relative,
        _ => &text,
    };
    Untrusted::new(&text.as_bytes()[..text.len().min(limit)])
}

fn extended_errors(message: &Message, limit: usize) -> Vec<ExtendedError> {
    let Some(edns) = &message.edns else {
        return Vec::new();
    };
    edns.options()
        .get_all(EdnsCode::Unknown(EXTENDED_ERROR))
        .into_iter()
        .filter_map(|option| match option {
            EdnsOption::Unknown(_, bytes) => extended_error(bytes, limit),
            _ => None,
        })
        .take(EXTENDED_ERRORS_KEPT)
        .collect()
}

#[cfg(test)]
mod tests;
