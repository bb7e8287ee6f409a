//! From a decoded message to the record: the CNAME chain, the addresses at its end, TTLs, extended errors.

use std::net::IpAddr;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_proto::rr::{Name, RData, Record};
use netwhy_report::Untrusted;
use netwhy_report::dns::{DnsAnswer, ExtendedError};

/// Reads the answer to a question for `name`. Records of other owners are ignored: nobody asked for them.
#[must_use]
pub fn answer(message: &Message, name: &str, cname_links: usize, field_bytes: usize) -> DnsAnswer {
    let chain = follow(&message.answers, name, cname_links);
    let code = message.metadata.response_code;
    let negative = chain
        .addresses
        .is_empty()
        .then(|| negative(message))
        .flatten();
    DnsAnswer {
        rcode: u16::from(code),
        rcode_name: mnemonic(code),
        authoritative: message.metadata.authoritative,
        truncated: false,
        authentic: message.metadata.authentic_data,
        addresses: chain.addresses,
        ttl: negative.as_ref().map_or(chain.ttl, |(_, ttl)| Some(*ttl)),
        cnames: chain
            .targets
            .iter()
            .map(|target| Untrusted::from(target.as_str()))
            .collect(),
        cname_loop: chain.comes_back,
        extended_errors: extended_errors(message, field_bytes),
        negative_zone: negative.map(|(zone, _)| zone),
        size: 0,
    }
}

struct Chain {
    targets: Vec<String>,
    addresses: Vec<IpAddr>,
    ttl: Option<u32>,
    comes_back: bool,
}

fn canonical(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

fn follow(records: &[Record], name: &str, cname_links: usize) -> Chain {
    let mut owner = name.trim_end_matches('.').to_ascii_lowercase();
    let mut chain = Chain {
        targets: Vec::new(),
        addresses: Vec::new(),
        ttl: None,
        comes_back: false,
    };
    loop {
        let own: Vec<&Record> = records
            .iter()
            .filter(|record| canonical(&record.name) == owner)
            .collect();
        let mut next = None;
        for record in own {
            match &record.data {
                RData::A(address) => chain.addresses.push(IpAddr::V4(address.0)),
                RData::AAAA(address) => chain.addresses.push(IpAddr::V6(address.0)),
                RData::CNAME(target) => next = Some(canonical(&target.0)),
                _ => continue,
            }
            chain.ttl = Some(chain.ttl.map_or(record.ttl, |least| least.min(record.ttl)));
        }
        let Some(target) = next.filter(|_| chain.addresses.is_empty()) else {
            return chain;
        };
        chain.comes_back = target == name.trim_end_matches('.').to_ascii_lowercase()
            || chain.targets.contains(&target);
        if chain.comes_back || chain.targets.len() >= cname_links {
            return chain;
        }
        chain.targets.push(target.clone());
        owner = target;
    }
}

/// The zone of a negative answer and how long it may be cached: the lesser of the SOA's TTL and MINIMUM (RFC 2308 §5).
fn negative(message: &Message) -> Option<(Untrusted, u32)> {
    message
        .authorities
        .iter()
        .find_map(|record| match &record.data {
            RData::SOA(soa) => Some((
                Untrusted::from(canonical(&record.name).as_str()),
                record.ttl.min(soa.minimum),
            )),
            _ => None,
        })
}

fn mnemonic(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR",
        ResponseCode::FormErr => "FORMERR",
        ResponseCode::ServFail => "SERVFAIL",
        ResponseCode::NXDomain => "NXDOMAIN",
        ResponseCode::NotImp => "NOTIMP",
        ResponseCode::Refused => "REFUSED",
        ResponseCode::NotAuth => "NOTAUTH",
        ResponseCode::NotZone => "NOTZONE",
        other => return format!("RCODE{}", u16::from(other)),
    }
    .to_owned()
}

fn extended_errors(message: &Message, field_bytes: usize) -> Vec<ExtendedError> {
    let Some(edns) = &message.edns else {
        return Vec::new();
    };
    let options = edns.options().get_all(EdnsCode::Unknown(15));
    let decoded = options.into_iter().filter_map(|option| match option {
        EdnsOption::Unknown(_, data) => {
            let code = u16::from_be_bytes(data.get(..2)?.try_into().ok()?);
            let text = &data[2..data.len().min(2 + field_bytes)];
            Some(ExtendedError {
                code,
                meaning: meaning(code).to_owned(),
                text: Untrusted::new(text),
            })
        }
        _ => None,
    });
    decoded.take(8).collect()
}

/// The registered meanings of RFC 8914 §4 and its registry.
fn meaning(code: u16) -> &'static str {
    const MEANINGS: [&str; 31] = [
        "Other Error",
        "Unsupported DNSKEY Algorithm",
        "Unsupported DS Digest Type",
        "Stale Answer",
        "Forged Answer",
        "DNSSEC Indeterminate",
        "DNSSEC Bogus",
        "Signature Expired",
        "Signature Not Yet Valid",
        "DNSKEY Missing",
        "RRSIGs Missing",
        "No Zone Key Bit Set",
        "NSEC Missing",
        "Cached Error",
        "Not Ready",
        "Blocked",
        "Censored",
        "Filtered",
        "Prohibited",
        "Stale NXDOMAIN Answer",
        "Not Authoritative",
        "Not Supported",
        "No Reachable Authority",
        "Network Error",
        "Invalid Data",
        "Signature Expired before Valid",
        "Too Early",
        "Unsupported NSEC3 Iterations Value",
        "Unable to conform to policy",
        "Synthesized",
        "Invalid Query Type",
    ];
    MEANINGS
        .get(usize::from(code))
        .copied()
        .unwrap_or("Unassigned")
}
