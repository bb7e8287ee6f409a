//! Queries: their bytes, and that they decode to what was asked.

use netwhy_report::Untrusted;
use netwhy_report::dns::message::EdnsOptionRecord;

use super::*;
use crate::message::decode;

fn query() -> QueryMessage {
    let name = DomainName::parse("www.example").unwrap();
    QueryMessage::new(0xabcd, name, "AAAA".parse().unwrap())
}

fn with(edns: QueryEdns) -> QueryMessage {
    QueryMessage {
        edns: Some(edns),
        ..query()
    }
}

#[test]
fn a_plain_query_is_29_bytes_and_one_with_edns_40() {
    let mut plain = query();
    plain.edns = None;
    let bytes =
        b"\xab\xcd\x01\x20\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x1c\x00\x01";
    assert_eq!(plain.encode().unwrap(), bytes);
    let opt = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00";
    let mut expected = [&bytes[..], opt].concat();
    expected[11] = 1;
    assert_eq!(query().encode().unwrap(), expected);
}

#[test]
fn every_field_arrives() {
    let query = QueryMessage {
        class: RecordClass::CH,
        recursion_desired: false,
        authentic_data: false,
        checking_disabled: true,
        ..with(QueryEdns {
            version: 1,
            udp_payload: 4096,
            dnssec_ok: true,
            extra_flags: 0xc001,
            nsid: true,
            client_subnet: Some(("192.0.2.255".parse().unwrap(), 25)),
            cookie: Some(b"ABCDEFGH".to_vec()),
            others: vec![(65001, vec![1, 2])],
            padding_block: Some(128),
        })
    };
    let bytes = query.encode().unwrap();
    assert_eq!(bytes.len() % 128, 0);
    assert_eq!(bytes[36..38], [0xc0, 0x01]);
    let message = decode(&bytes).unwrap();
    assert_eq!(message.faults, []);
    assert_eq!(message.question[0].class, "CH");
    assert!(message.flags.checking_disabled && !message.flags.recursion_desired);
    assert!(!message.flags.authentic && !message.flags.response);
    let edns = message.edns.unwrap();
    assert_eq!(
        (edns.version, edns.udp_payload, edns.dnssec_ok),
        (1, 4096, true)
    );
    assert_eq!(
        edns.options[..4],
        [
            EdnsOptionRecord::Nsid {
                id: Untrusted::default()
            },
            EdnsOptionRecord::ClientSubnet {
                network: "192.0.2.128/25".to_owned(),
                scope: 0
            },
            EdnsOptionRecord::Cookie {
                client: "4142434445464748".to_owned(),
                server: None
            },
            EdnsOptionRecord::Other {
                code: 65001,
                data: "0102".to_owned()
            },
        ]
    );
    assert!(matches!(edns.options[4], EdnsOptionRecord::Padding { .. }));
}

#[test]
fn padding_fills_every_length_up_to_the_block() {
    for length in 0..=64 {
        let query = with(QueryEdns {
            others: vec![(65001, vec![0; length])],
            padding_block: Some(64),
            ..QueryEdns::default()
        });
        let bytes = query.encode().unwrap();
        assert_eq!(bytes.len() % 64, 0, "{length}");
        assert!(bytes.len() < 44 + 4 + length + 64, "{length}");
    }
}

#[test]
fn options_that_cannot_be_are_refused() {
    let subnet = |address: &str, prefix| {
        let client_subnet = Some((address.parse().unwrap(), prefix));
        with(QueryEdns {
            client_subnet,
            ..QueryEdns::default()
        })
        .encode()
    };
    assert_eq!(
        subnet("192.0.2.1", 33).unwrap_err().to_string(),
        "/33 is no prefix length of 192.0.2.1; at most 32 is"
    );
    assert!(subnet("192.0.2.1", 0).is_ok() && subnet("2001:db8::1", 128).is_ok());
    for octets in [0, 7, 9, 15, 41] {
        let query = with(QueryEdns {
            cookie: Some(vec![0; octets]),
            ..QueryEdns::default()
        });
        assert_eq!(query.encode(), Err(QueryMessageError::Cookie { octets }));
    }
    let query = with(QueryEdns {
        others: vec![(65001, vec![0; 65_500])],
        ..QueryEdns::default()
    });
    assert_eq!(query.encode(), Err(QueryMessageError::TooLong));
}

#[test]
fn the_case_of_the_name_goes_out_as_it_is() {
    let name = query().name.with_mixed_case([0xff; 32]);
    let bytes = QueryMessage { name, ..query() }.encode().unwrap();
    assert_eq!(&bytes[12..25], b"\x03WWW\x07EXAMPLE\x00");
}
