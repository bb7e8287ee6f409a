//! A query as it goes onto the wire: the question, the flags, and the OPT record with its options.

use aws_lc_rs::rand::fill;
use hickory_proto::op::Query;
use hickory_proto::rr::Name;
use netwhy_report::Failure;
use netwhy_report::plan::{DnsQueryOptions, EdnsRequest};
use netwhy_report::untrusted::escape;
use thiserror::Error;

use crate::mnemonic::{RecordClass, RecordType, UnknownMnemonic};
use crate::name::{DomainName, NameError};
use crate::query_message::{QueryEdns, QueryMessage};

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Not a name.
    #[error("\"{given}\" is not a DNS name: {reason}")]
    Name {
        /// What was given, escaped.
        given: String,
        /// What is wrong with it.
        reason: NameError,
    },
    /// Not a type or class.
    #[error(transparent)]
    Mnemonic(#[from] UnknownMnemonic),
}

/// The question for a name in presentation form, taken as absolute; type and class are mnemonics.
///
/// # Errors
/// [`QueryError`] where one of them cannot be read.
pub fn question(name: &str, record_type: &str, class: &str) -> Result<Query, QueryError> {
    let failed = |reason| QueryError::Name {
        given: escape(name).into_owned(),
        reason,
    };
    let read = DomainName::parse(name).map_err(failed)?;
    let octets = read.wire().len();
    let mut name =
        Name::from_labels(read.labels()).map_err(|_| failed(NameError::TooLong { octets }))?;
    name.set_fqdn(true);
    let record_type: RecordType = record_type.parse()?;
    let class: RecordClass = class.parse()?;
    let mut query = Query::query(name, record_type.0.into());
    query.set_query_class(class.0.into());
    Ok(query)
}

/// A label that nobody has registered: 20 random letters.
///
/// # Errors
/// [`Failure::System`] where the kernel gives no random bytes.
pub fn random_label() -> Result<String, Failure> {
    // The bias of the remainder does not matter for a name that is only to be unused.
    let letter = |byte| char::from(b'a' + byte % 26);
    Ok(random::<20>()?.into_iter().map(letter).collect())
}

/// A client cookie has 8 bytes ([RFC 7873 §4](https://www.rfc-editor.org/rfc/rfc7873#section-4)).
const CLIENT_COOKIE: usize = 8;

/// A query message with an unpredictable id, and its bytes. `edns` leaves the OPT record out where the server rejected it.
pub(crate) fn encode(
    query: &Query,
    options: &DnsQueryOptions,
    edns: bool,
) -> Result<(u16, Vec<u8>), Failure> {
    let id = u16::from_be_bytes(random()?);
    let request = options.edns.as_ref().filter(|_| edns);
    let message = QueryMessage {
        id,
        name: DomainName::from(&query.name),
        record_type: RecordType(query.query_type.into()),
        class: RecordClass(query.query_class.into()),
        recursion_desired: options.recursion_desired,
        authentic_data: options.authentic_data,
        checking_disabled: options.checking_disabled,
        edns: request.map(opt_record).transpose()?,
    };
    let bytes = message.encode().map_err(|_| Failure::System {
        errno: libc::EMSGSIZE,
    })?;
    Ok((id, bytes))
}

/// The same question with the case of every letter chosen at random
/// ([0x20](https://datatracker.ietf.org/doc/html/draft-vixie-dnsext-dns0x20-00)): a forger who does not see it must guess it.
pub(crate) fn with_mixed_case(query: &Query) -> Result<Query, Failure> {
    let mixed = DomainName::from(&query.name).with_mixed_case(random()?);
    let mut name = Name::from_labels(mixed.labels()).map_err(|_| Failure::System {
        errno: libc::EINVAL,
    })?;
    name.set_fqdn(true);
    let mut query = query.clone();
    query.name = name;
    Ok(query)
}

pub(crate) fn opt_record(request: &EdnsRequest) -> Result<QueryEdns, Failure> {
    let cookie = request.cookie.then(random::<CLIENT_COOKIE>).transpose()?;
    let subnet = request.client_subnet;
    let others = request.options.iter();
    Ok(QueryEdns {
        version: request.version,
        udp_payload: request.udp_payload,
        dnssec_ok: request.dnssec_ok,
        extra_flags: request.extra_flags,
        nsid: request.nsid,
        client_subnet: subnet.map(|network| (network.network(), network.prefix_len())),
        cookie: cookie.map(Vec::from),
        others: others
            .map(|option| (option.code, option.data.clone()))
            .collect(),
        padding_block: request.padding,
    })
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    fill(&mut bytes).map_err(|_| Failure::System { errno: libc::EIO })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::Message;
    use hickory_proto::rr::RecordType;
    use hickory_proto::rr::rdata::opt::{ClientSubnet, EdnsCode, EdnsOption};
    use netwhy_report::plan::RawEdnsOption;

    use super::*;

    fn query() -> Query {
        Query::query(Name::from_ascii("www.shop.test.").unwrap(), RecordType::A)
    }

    fn sent(options: &DnsQueryOptions) -> (Message, Vec<u8>) {
        let (_, bytes) = encode(&query(), options, true).unwrap();
        (Message::from_vec(&bytes).unwrap(), bytes)
    }

    #[test]
    fn ids_differ_from_query_to_query() {
        let options = DnsQueryOptions::default();
        let id = |_| encode(&query(), &options, true).unwrap().0;
        let ids: std::collections::HashSet<u16> = (0..64).map(id).collect();
        assert!(ids.len() > 48, "{ids:?}");
    }

    #[test]
    fn flags_and_the_opt_record_are_those_asked_for() {
        let options = DnsQueryOptions {
            recursion_desired: false,
            authentic_data: false,
            checking_disabled: true,
            edns: Some(EdnsRequest {
                udp_payload: 4096,
                dnssec_ok: true,
                nsid: true,
                cookie: true,
                client_subnet: Some("192.0.2.77/24".parse().unwrap()),
                extra_flags: 0x80,
                options: vec![RawEdnsOption {
                    code: 65001,
                    data: vec![1, 2],
                }],
                ..EdnsRequest::default()
            }),
            ..DnsQueryOptions::default()
        };
        let (message, _) = sent(&options);
        assert!(!message.metadata.recursion_desired && message.metadata.checking_disabled);
        let edns = message.edns.as_ref().unwrap();
        assert_eq!((edns.max_payload(), edns.version()), (4096, 0));
        assert!(edns.flags().dnssec_ok);
        assert_eq!(edns.flags().z, 0x80);
        let subnet = ClientSubnet::new("192.0.2.0".parse().unwrap(), 24, 0);
        assert_eq!(
            edns.option(EdnsCode::Subnet),
            Some(&EdnsOption::Subnet(subnet))
        );
        assert!(edns.option(EdnsCode::NSID).is_some());
        assert_eq!(
            edns.option(EdnsCode::Unknown(65001)),
            Some(&EdnsOption::Unknown(65001, vec![1, 2]))
        );
    }

    #[test]
    fn questions_are_read_as_people_type_them() {
        let query = question(r"b\252cher\.x.bücher.Test", "type65", "ch").unwrap();
        let name = DomainName::from(&query.name).to_string();
        assert_eq!(name, r"b\252cher\.x.xn--bcher-kva.Test.");
        let (_, bytes) = encode(&query, &DnsQueryOptions::default(), false).unwrap();
        let message = crate::message::decode(&bytes).unwrap();
        assert_eq!(message.question, [crate::record::question(&query)]);
        assert_eq!(message.question[0].record_type, "HTTPS");
        assert_eq!(message.question[0].class, "CH");
        let mnemonic = question("a.", "AAAB", "IN").unwrap_err();
        assert!(
            mnemonic
                .to_string()
                .starts_with("\"AAAB\" is no record type")
        );
        let name = question("a..b", "A", "IN").unwrap_err();
        assert!(matches!(name, QueryError::Name { .. }), "{name}");
    }

    #[test]
    fn padding_fills_the_block() {
        let options = DnsQueryOptions {
            edns: Some(EdnsRequest {
                padding: Some(128),
                ..EdnsRequest::default()
            }),
            ..DnsQueryOptions::default()
        };
        assert_eq!(sent(&options).1.len(), 128);
    }

    #[test]
    fn mixed_case_changes_letters_only() {
        let plain = query();
        let mixed: Vec<Query> = (0..8).map(|_| with_mixed_case(&plain).unwrap()).collect();
        assert!(mixed.iter().all(|mixed| mixed.name == plain.name));
        assert!(mixed.iter().any(|mixed| !mixed.name.eq_case(&plain.name)));
    }

    #[test]
    fn without_edns_there_is_no_opt_record() {
        let (_, bytes) = encode(&query(), &DnsQueryOptions::default(), false).unwrap();
        assert!(Message::from_vec(&bytes).unwrap().edns.is_none());
    }
}
