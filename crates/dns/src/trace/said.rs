//! What a reply means for a walk: an answer, an alias, a referral, a denial, or a server that does not serve the zone.
//! Records from outside the zone are ignored and counted, never followed.

use std::net::IpAddr;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use hickory_proto::serialize::binary::{BinDecodable as _, BinDecoder};
use netwhy_report::Untrusted;
use netwhy_report::dns::trace::{LameReason, Said};

use crate::name::DomainName;
use crate::registry::rcode_name;

/// Aliases followed within one answer; the walk has a limit of its own.
const LINKS: usize = 16;
/// Servers of one referral that are looked at.
const SERVERS: usize = 26;
/// Addresses of one server that are kept.
const ADDRESSES: usize = 8;
/// Owners of ignored records that are kept.
const IGNORED: usize = 8;

/// A reply as the walk reads it.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Aliases at the start of the answer, in order.
    pub(super) links: Vec<Link>,
    /// Where they lead, or the name itself.
    pub(super) end: Name,
    pub(super) next: Next,
    /// Owners of records that the server has no business to send.
    pub(super) ignored: Vec<Name>,
}

/// One alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: Name,
    pub(super) target: Name,
    pub(super) dname: bool,
    pub(super) ttl: u32,
}

/// How it goes on.
#[derive(Debug, Clone)]
pub(super) enum Next {
    Answer(Vec<Record>),
    Alias,
    Referral(Referral),
    NoData,
    NameError,
    Lame(LameReason),
}

/// A zone below, and its servers.
#[derive(Debug, Clone)]
pub(super) struct Referral {
    pub(super) child: Name,
    pub(super) servers: Vec<Delegate>,
    pub(super) signed: bool,
}

/// One server of a referral, with the glue that the parent may give.
#[derive(Debug, Clone)]
pub(super) struct Delegate {
    pub(super) name: Name,
    pub(super) glue: Vec<IpAddr>,
}

/// Reads what a server of `zone` said to the question for `record_type` at `name`.
pub(super) fn read(
    zone: &Name,
    name: &Name,
    record_type: RecordType,
    message: &Message,
) -> Reading {
    let mut links = Vec::new();
    let end = follow(zone, name, record_type, &message.answers, &mut links);
    let next = next(zone, &end, record_type, message, !links.is_empty());
    Reading {
        ignored: ignored(zone, message),
        links,
        end,
        next,
    }
}

fn next(
    zone: &Name,
    end: &Name,
    record_type: RecordType,
    message: &Message,
    aliased: bool,
) -> Next {
    let code = message.metadata.response_code;
    if !matches!(code, ResponseCode::NoError | ResponseCode::NXDomain) {
        let rcode = u16::from(code);
        let name = rcode_name(rcode);
        return Next::Lame(LameReason::Code { rcode, name });
    }
    let authoritative = message.metadata.authoritative;
    let data: Vec<Record> = here(&message.answers, end)
        .filter(|record| record.record_type() == record_type || record_type == RecordType::ANY)
        .filter(|_| zone.zone_of(end))
        .cloned()
        .collect();
    let lame = || Next::Lame(LameReason::NotAuthoritative);
    if !data.is_empty() || aliased {
        return match (authoritative, data.is_empty()) {
            (false, _) => lame(),
            (true, false) => Next::Answer(data),
            // A denial here would be about the end of the chain, often without its proof: the question for that name tells.
            (true, true) => Next::Alias,
        };
    }
    let cuts = || {
        let records = message.authorities.iter();
        records.filter(|record| record.record_type() == RecordType::NS)
    };
    let soa = message
        .authorities
        .iter()
        .any(|record| record.record_type() == RecordType::SOA);
    let below = |owner: &Name| owner != zone && zone.zone_of(owner) && owner.zone_of(end);
    if code == ResponseCode::NoError
        && !soa
        && let Some(cut) = cuts().find(|record| below(&record.name))
    {
        return Next::Referral(referral(zone, &cut.name, message));
    }
    if authoritative {
        return denial(code);
    }
    match cuts().find(|record| record.name.zone_of(zone)) {
        Some(cut) if code == ResponseCode::NoError => Next::Lame(LameReason::UpwardReferral {
            zone: shown(&cut.name),
        }),
        _ => lame(),
    }
}

fn denial(code: ResponseCode) -> Next {
    if code == ResponseCode::NXDomain {
        Next::NameError
    } else {
        Next::NoData
    }
}

fn referral(zone: &Name, child: &Name, message: &Message) -> Referral {
    let mut servers: Vec<Delegate> = Vec::new();
    for record in here(&message.authorities, child) {
        let RData::NS(server) = &record.data else {
            continue;
        };
        if servers.len() == SERVERS || servers.iter().any(|known| known.name == server.0) {
            continue;
        }
        let addresses = here(&message.additionals, &server.0)
            .filter(|_| zone.zone_of(&server.0))
            .filter_map(|record| address(&record.data));
        servers.push(Delegate {
            name: server.0.clone(),
            glue: addresses.take(ADDRESSES).collect(),
        });
    }
    let signed =
        here(&message.authorities, child).any(|record| record.record_type() == RecordType::DS);
    Referral {
        child: child.clone(),
        servers,
        signed,
    }
}

/// The address in a record, if it is one.
pub(super) fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(address.0.into()),
        RData::AAAA(address) => Some(address.0.into()),
        _ => None,
    }
}

fn here<'message>(
    records: &'message [Record],
    name: &'message Name,
) -> impl Iterator<Item = &'message Record> {
    records
        .iter()
        .filter(move |record| record.dns_class == DNSClass::IN && record.name == *name)
}

/// Follows the aliases of an answer as long as they start in the zone.
fn follow(
    zone: &Name,
    name: &Name,
    record_type: RecordType,
    answers: &[Record],
    links: &mut Vec<Link>,
) -> Name {
    let mut current = name.clone();
    while links.len() < LINKS && zone.zone_of(&current) {
        let wanted = here(answers, &current)
            .any(|record| record.record_type() == record_type || record_type == RecordType::ANY);
        let dname = answers.iter().find_map(|record| {
            let above = record.name != current
                && record.name.zone_of(&current)
                && zone.zone_of(&record.name);
            let suffix = above.then(|| dname_target(&record.data)).flatten()?;
            Some((record, suffix))
        });
        let cname = here(answers, &current).find_map(|record| match &record.data {
            RData::CNAME(target) => Some((target.0.clone(), record.ttl)),
            _ => None,
        });
        let substituted = || {
            let (record, suffix) = dname.as_ref()?;
            Some((substitute(&current, &record.name, suffix)?, record.ttl))
        };
        let Some((target, ttl)) = cname.or_else(substituted).filter(|_| !wanted) else {
            break;
        };
        let again = links.iter().any(|link| link.name == target) || current == target;
        links.push(Link {
            name: current,
            target: target.clone(),
            dname: dname.is_some(),
            ttl,
        });
        current = target;
        if again {
            break;
        }
    }
    current
}

fn dname_target(data: &RData) -> Option<Name> {
    match data {
        RData::Unknown { code, rdata } if *code == RecordType::DNAME => {
            Name::read(&mut BinDecoder::new(&rdata.anything)).ok()
        }
        _ => None,
    }
}

/// `name` with the suffix `from` replaced ([RFC 6672 §2.2](https://www.rfc-editor.org/rfc/rfc6672#section-2.2)).
fn substitute(name: &Name, from: &Name, to: &Name) -> Option<Name> {
    let kept = name.iter().count().checked_sub(from.iter().count())?;
    let mut made = Name::from_labels(name.iter().take(kept).chain(to.iter())).ok()?;
    made.set_fqdn(true);
    Some(made)
}

fn ignored(zone: &Name, message: &Message) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let records = [&message.answers, &message.authorities, &message.additionals];
    for record in records.into_iter().flatten() {
        let counts = record.record_type() != RecordType::OPT && !record.name.is_root();
        if counts
            && !zone.zone_of(&record.name)
            && !names.contains(&record.name)
            && names.len() < IGNORED
        {
            names.push(record.name.clone());
        }
    }
    names
}

/// A name in presentation form, absolute.
pub(super) fn shown(name: &Name) -> Untrusted {
    Untrusted::from(DomainName::from(name).to_string().as_str())
}

impl Reading {
    /// The same for the report.
    pub(super) fn said(&self) -> Said {
        match &self.next {
            Next::Answer(_) => Said::Answer,
            Next::Alias => Said::Alias {
                target: shown(&self.end),
            },
            Next::Referral(referral) => Said::Referral {
                child: shown(&referral.child),
                servers: referral
                    .servers
                    .iter()
                    .map(|server| shown(&server.name))
                    .collect(),
                signed: referral.signed,
            },
            Next::NoData => Said::NoData,
            Next::NameError => Said::NameError,
            Next::Lame(why) => Said::Lame { why: why.clone() },
        }
    }
}
