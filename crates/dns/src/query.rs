//! A query as it goes onto the wire: the question, the flags, and the OPT record with its options.

use std::net::IpAddr;

use aws_lc_rs::rand::fill;
use hickory_proto::op::{Edns, Message, Query};
use hickory_proto::rr::rdata::opt::{ClientSubnet, EdnsCode, EdnsOption, NSIDPayload};
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::Failure;
use netwhy_report::plan::{DnsQueryOptions, EdnsRequest};
use netwhy_report::untrusted::escape;
use thiserror::Error;

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Not a name.
    #[error("\"{given}\" is not a DNS name: {reason}")]
    Name {
        /// What was given, escaped.
        given: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not a type or class.
    #[error("\"{given}\" is not a record type or class")]
    Mnemonic {
        /// What was given, escaped.
        given: String,
    },
}

/// The question for an absolute name in presentation form; type and class are mnemonics.
///
/// # Errors
/// [`QueryError`] where one of them cannot be read.
pub fn question(name: &str, record_type: &str, class: &str) -> Result<Query, QueryError> {
    let mut read = Name::from_ascii(name).map_err(|error| QueryError::Name {
        given: escape(name).into_owned(),
        reason: error.to_string(),
    })?;
    read.set_fqdn(true);
    let mnemonic = |given: &str| QueryError::Mnemonic {
        given: escape(given).into_owned(),
    };
    let record_type: RecordType = record_type.parse().map_err(|_| mnemonic(record_type))?;
    let mut query = Query::query(read, record_type);
    query.set_query_class(class.parse().map_err(|_| mnemonic(class))?);
    Ok(query)
}

/// Option codes that the codec has no type for ([registry](https://www.iana.org/assignments/dns-parameters)).
const COOKIE: u16 = 10;
const PADDING: u16 = 12;
/// A client cookie has 8 bytes ([RFC 7873 §4](https://www.rfc-editor.org/rfc/rfc7873#section-4)).
const CLIENT_COOKIE: usize = 8;

/// A query message with an unpredictable id, and its bytes. `edns` leaves the OPT record out where the server rejected it.
pub(crate) fn encode(
    query: &Query,
    options: &DnsQueryOptions,
    edns: bool,
) -> Result<(u16, Vec<u8>), Failure> {
    let unencodable = || Failure::System {
        errno: libc::EMSGSIZE,
    };
    let mut message = Message::query();
    message.metadata.recursion_desired = options.recursion_desired;
    message.metadata.authentic_data = options.authentic_data;
    message.metadata.checking_disabled = options.checking_disabled;
    message.add_query(query.clone());
    if let Some(request) = options.edns.as_ref().filter(|_| edns) {
        message.set_edns(opt_record(request)?);
        if let Some(block) = request.padding.filter(|block| *block > 0) {
            let length = message.to_vec().map_err(|_| unencodable())?.len();
            pad(&mut message, length, usize::from(block));
        }
    }
    let bytes = message.to_vec().map_err(|_| unencodable())?;
    Ok((message.metadata.id, bytes))
}

fn opt_record(request: &EdnsRequest) -> Result<Edns, Failure> {
    let mut edns = Edns::new();
    edns.set_max_payload(request.udp_payload)
        .set_version(request.version)
        .set_dnssec_ok(request.dnssec_ok);
    edns.flags_mut().z = request.extra_flags & 0x7fff;
    let options = edns.options_mut();
    if request.nsid
        && let Ok(empty) = NSIDPayload::new(Vec::new())
    {
        options.insert(EdnsOption::NSID(empty));
    }
    if let Some(network) = request.client_subnet {
        let address: IpAddr = network.network();
        options.insert(EdnsOption::Subnet(ClientSubnet::new(
            address,
            network.prefix_len(),
            0,
        )));
    }
    if request.cookie {
        let mut cookie = vec![0; CLIENT_COOKIE];
        fill(&mut cookie).map_err(|_| Failure::System { errno: libc::EIO })?;
        options.insert(EdnsOption::Unknown(COOKIE, cookie));
    }
    for option in &request.options {
        options.insert(EdnsOption::Unknown(option.code, option.data.clone()));
    }
    Ok(edns)
}

/// Pads to the next multiple of `block` ([RFC 8467 §4.1](https://www.rfc-editor.org/rfc/rfc8467#section-4.1)).
fn pad(message: &mut Message, length: usize, block: usize) {
    const OPTION_HEADER: usize = 4;
    let unpadded = length + OPTION_HEADER;
    let missing = unpadded.next_multiple_of(block) - unpadded;
    if let Some(edns) = &mut message.edns {
        let options = edns.options_mut();
        options.remove(EdnsCode::Padding);
        options.insert(EdnsOption::Unknown(PADDING, vec![0; missing]));
    }
}

#[cfg(test)]
mod tests {
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
            ignore_truncation: false,
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
    fn without_edns_there_is_no_opt_record() {
        let (_, bytes) = encode(&query(), &DnsQueryOptions::default(), false).unwrap();
        assert!(Message::from_vec(&bytes).unwrap().edns.is_none());
    }
}
