//! What a message says about one name, as a set that can be compared: order and TTL aside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Untrusted;
use crate::dns::message::{DnsMessage, ResourceRecord};
use crate::dns::rcode;

/// What is said about a name and type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum AnswerSet {
    /// These records.
    Records {
        /// Their type: the one asked for, or CNAME where the name is an alias.
        record_type: String,
        /// Their data, sorted, each once.
        data: Vec<Untrusted>,
    },
    /// The name exists without such a record.
    NoData,
    /// The name does not exist.
    NameMissing,
}

impl AnswerSet {
    /// What `message` says about `owner`. `None` for an error, for a referral, and for a message whose chain of aliases
    /// does not pass `owner`.
    #[must_use]
    pub fn of(message: &DnsMessage, owner: &Untrusted, record_type: &str) -> Option<Self> {
        if !matches!(message.rcode, rcode::NOERROR | rcode::NXDOMAIN) || message.flags.truncated {
            return None;
        }
        for kind in [record_type, "CNAME"] {
            let mut data: Vec<Untrusted> = records_of(message, owner, kind)
                .map(|record| comparable(kind, &record.data))
                .collect();
            if !data.is_empty() {
                data.sort_by(|one, other| one.raw().cmp(other.raw()));
                data.dedup();
                return Some(Self::Records {
                    record_type: kind.to_owned(),
                    data,
                });
            }
        }
        if !same_name(end_of_chain(message)?, owner) {
            return None;
        }
        match message.rcode {
            rcode::NXDOMAIN => Some(Self::NameMissing),
            _ if is_referral(message) => None,
            _ => Some(Self::NoData),
        }
    }

    /// The records' data; empty for a "no".
    #[must_use]
    pub fn data(&self) -> &[Untrusted] {
        match self {
            Self::Records { data, .. } => data,
            Self::NoData | Self::NameMissing => &[],
        }
    }

    /// Whether it is a "no".
    #[must_use]
    pub fn is_negative(&self) -> bool {
        matches!(self, Self::NoData | Self::NameMissing)
    }

    /// Whether every record of this set is in the other one, and both are of one type.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Records { record_type, data },
                Self::Records {
                    record_type: other_type,
                    data: others,
                },
            ) => record_type == other_type && data.iter().all(|one| others.contains(one)),
            _ => self == other,
        }
    }

    /// Both sets as one; `None` where they are not records of one type.
    #[must_use]
    pub fn united(&self, other: &Self) -> Option<Self> {
        let (
            Self::Records { record_type, data },
            Self::Records {
                record_type: other_type,
                data: others,
            },
        ) = (self, other)
        else {
            return (self == other).then(|| self.clone());
        };
        if record_type != other_type {
            return None;
        }
        let mut data: Vec<Untrusted> = data.iter().chain(others).cloned().collect();
        data.sort_by(|one, other| one.raw().cmp(other.raw()));
        data.dedup();
        Some(Self::Records {
            record_type: record_type.clone(),
            data,
        })
    }
}

/// The records of one type that `owner` has in the answer, in the order sent.
pub fn records_of<'message>(
    message: &'message DnsMessage,
    owner: &'message Untrusted,
    record_type: &'message str,
) -> impl Iterator<Item = &'message ResourceRecord> {
    message
        .answer
        .iter()
        .filter(move |record| record.record_type == record_type && owned_by(record, owner))
}

/// Whether a record belongs to this name.
#[must_use]
pub fn owned_by(record: &ResourceRecord, owner: &Untrusted) -> bool {
    same_name(&record.name, owner)
}

/// Names are the same whatever their case ([RFC 4343](https://www.rfc-editor.org/rfc/rfc4343)).
#[must_use]
pub fn same_name(one: &Untrusted, other: &Untrusted) -> bool {
    one.raw().eq_ignore_ascii_case(other.raw())
}

/// How long what `message` says about `owner` may be kept, in seconds: the least TTL of its records, and for a "no" the lesser
/// of the SOA record's TTL and its MINIMUM ([RFC 2308 §5](https://www.rfc-editor.org/rfc/rfc2308#section-5)).
#[must_use]
pub fn ttl_of(message: &DnsMessage, owner: &Untrusted, record_type: &str) -> Option<u32> {
    let set = AnswerSet::of(message, owner, record_type)?;
    match &set {
        AnswerSet::Records { record_type, .. } => records_of(message, owner, record_type)
            .map(|record| record.ttl)
            .min(),
        AnswerSet::NoData | AnswerSet::NameMissing => message
            .authority
            .iter()
            .filter(|record| record.record_type == "SOA")
            .find_map(|record| Some(record.ttl.min(Soa::read(&record.data)?.minimum))),
    }
}

/// The fields of an SOA record ([RFC 1035 §3.3.13](https://www.rfc-editor.org/rfc/rfc1035#section-3.3.13)); times in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Soa {
    /// MNAME: the primary server's name, in lower case.
    pub primary: Untrusted,
    /// The serial.
    pub serial: u32,
    /// How often a secondary asks for news.
    pub refresh: u32,
    /// How soon it asks again after a failure.
    pub retry: u32,
    /// After how long without news it stops answering.
    pub expire: u32,
    /// MINIMUM: how long a "no" may be kept.
    pub minimum: u32,
}

impl Soa {
    /// Reads the presentation form.
    #[must_use]
    pub fn read(data: &Untrusted) -> Option<Self> {
        let mut words = data.raw_text()?.split_ascii_whitespace();
        let primary = words.next()?.to_ascii_lowercase();
        words.next()?;
        let mut number = || words.next()?.parse().ok();
        Some(Self {
            primary: Untrusted::from(primary.as_str()),
            serial: number()?,
            refresh: number()?,
            retry: number()?,
            expire: number()?,
            minimum: number()?,
        })
    }
}

/// Types whose data holds names, which compare whatever their case.
const WITH_NAMES: [&str; 8] = ["CNAME", "NS", "PTR", "MX", "SRV", "SOA", "DNAME", "NAPTR"];

fn comparable(record_type: &str, data: &Untrusted) -> Untrusted {
    match WITH_NAMES.contains(&record_type) {
        true => Untrusted::new(data.raw().to_ascii_lowercase()),
        false => data.clone(),
    }
}

/// The name at which the message's chain of aliases ends; a chain that comes back ends nowhere.
fn end_of_chain(message: &DnsMessage) -> Option<&Untrusted> {
    let mut name = &message.question.first()?.name;
    for _ in 0..=message.answer.len() {
        let next = message
            .answer
            .iter()
            .find(|record| record.record_type == "CNAME" && owned_by(record, name));
        match next {
            Some(record) => name = &record.data,
            None => return Some(name),
        }
    }
    None
}

fn is_referral(message: &DnsMessage) -> bool {
    let has = |kind: &str| {
        message
            .authority
            .iter()
            .any(|record| record.record_type == kind)
    };
    has("NS") && !has("SOA") && !message.flags.authoritative
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::message::Question;

    fn record(name: &str, kind: &str, ttl: u32, data: &str) -> ResourceRecord {
        ResourceRecord {
            name: Untrusted::from(name),
            ttl,
            class: "IN".to_owned(),
            record_type: kind.to_owned(),
            data: Untrusted::from(data),
        }
    }

    fn message(
        rcode: u16,
        answer: Vec<ResourceRecord>,
        authority: Vec<ResourceRecord>,
    ) -> DnsMessage {
        DnsMessage {
            rcode,
            question: vec![Question {
                name: Untrusted::from("www.shop.test."),
                class: "IN".to_owned(),
                record_type: "A".to_owned(),
            }],
            answer,
            authority,
            ..DnsMessage::default()
        }
    }

    fn www() -> Untrusted {
        Untrusted::from("WWW.shop.test.")
    }

    #[test]
    fn order_case_of_names_and_ttl_do_not_count() {
        let one = message(
            0,
            vec![
                record("www.shop.test.", "A", 9, "192.0.2.2"),
                record("www.shop.test.", "A", 7, "192.0.2.1"),
            ],
            vec![],
        );
        let other = message(
            0,
            vec![
                record("www.SHOP.test.", "A", 300, "192.0.2.1"),
                record("www.shop.test.", "A", 300, "192.0.2.2"),
            ],
            vec![],
        );
        assert_eq!(
            AnswerSet::of(&one, &www(), "A"),
            AnswerSet::of(&other, &www(), "A")
        );
        assert_eq!(ttl_of(&one, &www(), "A"), Some(7));
        let text = message(
            0,
            vec![record("www.shop.test.", "TXT", 9, "\"Case\"")],
            vec![],
        );
        let lower = message(
            0,
            vec![record("www.shop.test.", "TXT", 9, "\"case\"")],
            vec![],
        );
        assert_ne!(
            AnswerSet::of(&text, &www(), "TXT"),
            AnswerSet::of(&lower, &www(), "TXT")
        );
    }

    #[test]
    fn each_link_of_a_chain_has_its_own_set() {
        let chain = message(
            3,
            vec![record("www.shop.test.", "CNAME", 60, "Edge.cdn.test.")],
            vec![],
        );
        let alias = AnswerSet::of(&chain, &www(), "A").unwrap();
        assert_eq!(alias.data(), [Untrusted::from("edge.cdn.test.")]);
        let edge = Untrusted::from("edge.cdn.test.");
        assert_eq!(
            AnswerSet::of(&chain, &edge, "A"),
            Some(AnswerSet::NameMissing)
        );
        let elsewhere = Untrusted::from("other.cdn.test.");
        assert_eq!(AnswerSet::of(&chain, &elsewhere, "A"), None);
    }

    #[test]
    fn a_no_lives_for_the_lesser_of_ttl_and_minimum_and_a_referral_is_not_a_no() {
        let soa = |ttl| {
            record(
                "shop.test.",
                "SOA",
                ttl,
                "ns1.shop.test. admin.shop.test. 7 3600 600 86400 900",
            )
        };
        let missing = message(3, vec![], vec![soa(3600)]);
        assert_eq!(ttl_of(&missing, &www(), "A"), Some(900));
        assert_eq!(
            ttl_of(&message(3, vec![], vec![soa(40)]), &www(), "A"),
            Some(40)
        );
        let referral = message(
            0,
            vec![],
            vec![record("shop.test.", "NS", 60, "ns1.shop.test.")],
        );
        assert_eq!(AnswerSet::of(&referral, &www(), "A"), None);
        assert_eq!(
            AnswerSet::of(&message(0, vec![], vec![soa(5)]), &www(), "A"),
            Some(AnswerSet::NoData)
        );
        assert_eq!(
            AnswerSet::of(&message(2, vec![], vec![]), &www(), "A"),
            None
        );
    }

    #[test]
    fn a_chain_that_comes_back_ends_nowhere() {
        let circle = message(
            0,
            vec![record("www.shop.test.", "CNAME", 60, "www.shop.test.")],
            vec![],
        );
        assert_eq!(
            AnswerSet::of(&circle, &Untrusted::from("x.test."), "A"),
            None
        );
    }
}
