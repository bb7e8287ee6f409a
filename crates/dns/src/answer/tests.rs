//! Answers read from messages made by hand: chains, time to live, extended errors.

use hickory_proto::op::{OpCode, ResponseCode};

use super::*;
use crate::fake_server::{address, cname, extended_error, name, quick, soa};

fn answered(records: Vec<Record>) -> Message {
    let mut message = Message::response(7, OpCode::Query);
    message.add_answers(records);
    message
}

fn read_a(message: &Message) -> DnsAnswer {
    let reply = Reply {
        message: message.clone(),
        wire: vec![0; 64],
    };
    super::read(
        &reply,
        &name("www.shop.test."),
        AddressType::A,
        false,
        &quick(),
    )
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_chain_is_followed_whatever_the_order_and_the_case() {
    let answer = read_a(&answered(vec![
        address("edge.cdn.test.", 60, "192.0.2.1"),
        cname("LB.shop.test.", 30, "Edge.CDN.test."),
        cname("WWW.shop.test.", 300, "lb.SHOP.test."),
        address("edge.cdn.test.", 60, "192.0.2.2"),
        address("edge.cdn.test.", 60, "192.0.2.1"),
    ]));
    assert_eq!(answer.addresses, [ip("192.0.2.1"), ip("192.0.2.2")]);
    assert_eq!(answer.ttl, Some(30));
    assert_eq!(
        answer.cnames,
        [
            Untrusted::from("lb.SHOP.test"),
            Untrusted::from("Edge.CDN.test")
        ]
    );
    assert!(!answer.cname_loop);
}

#[test]
fn records_of_unrelated_owners_are_ignored() {
    let answer = read_a(&answered(vec![
        address("bank.test.", 1, "203.0.113.66"),
        address("www.shop.test.", 60, "192.0.2.1"),
        cname("other.test.", 1, "www.shop.test."),
    ]));
    assert_eq!(answer.addresses, [ip("192.0.2.1")]);
    assert_eq!(answer.ttl, Some(60));
    assert_eq!(answer.cnames, []);
}

#[test]
fn a_chain_that_comes_back_is_a_loop_without_addresses() {
    let answer = read_a(&answered(vec![
        cname("www.shop.test.", 60, "a.test."),
        cname("a.test.", 60, "b.test."),
        cname("b.test.", 60, "A.test."),
        address("a.test.", 60, "192.0.2.1"),
    ]));
    assert!(answer.cname_loop);
    assert_eq!(answer.cnames.len(), 3);
    assert_eq!(answer.addresses, Vec::<IpAddr>::new());
}

#[test]
fn a_chain_may_use_its_last_link_but_not_one_more() {
    let links = |count: usize| {
        let mut records = vec![cname("www.shop.test.", 60, "n1.test.")];
        records.extend((1..count).map(|link| {
            cname(
                &format!("n{link}.test."),
                60,
                &format!("n{}.test.", link + 1),
            )
        }));
        records.push(address(&format!("n{count}.test."), 60, "192.0.2.1"));
        read_a(&answered(records))
    };
    assert_eq!(links(11).addresses, [ip("192.0.2.1")]);
    let too_long = links(12);
    assert_eq!(too_long.addresses, Vec::<IpAddr>::new());
    assert_eq!((too_long.cnames.len(), too_long.cname_loop), (11, false));
}

#[test]
fn a_denial_lives_as_long_as_the_lesser_of_soa_ttl_and_minimum() {
    for (ttl, minimum) in [(900, 120), (120, 900)] {
        let mut message = answered(Vec::new());
        message.metadata.response_code = ResponseCode::NXDomain;
        message.add_authority(soa("evil.test.", 1, 1));
        message.add_authority(soa("Shop.test.", ttl, minimum));
        let answer = read_a(&message);
        assert_eq!(answer.ttl, Some(120));
        assert_eq!(answer.negative_zone, Some(Untrusted::from("Shop.test")));
        assert_eq!((answer.rcode, answer.rcode_name.as_str()), (3, "NXDOMAIN"));
    }
}

#[test]
fn a_chain_to_a_name_without_addresses_takes_the_denial_of_its_end() {
    let mut message = answered(vec![cname("www.shop.test.", 5, "gone.cdn.test.")]);
    message.add_authority(soa("cdn.test.", 60, 300));
    let answer = read_a(&message);
    assert_eq!(answer.ttl, Some(60));
    assert_eq!(answer.negative_zone, Some(Untrusted::from("cdn.test")));
}

#[test]
fn a_ttl_with_the_top_bit_set_counts_as_zero() {
    let answer = read_a(&answered(vec![address(
        "www.shop.test.",
        0x8000_0001,
        "192.0.2.1",
    )]));
    assert_eq!(answer.ttl, Some(0));
}

#[test]
fn extended_errors_keep_code_meaning_and_words() {
    let mut message = answered(Vec::new());
    message.metadata.response_code = ResponseCode::ServFail;
    message.set_edns(extended_error(9, b"no SEP\x1b[2J\0"));
    let decoded = Message::from_vec(&message.to_vec().unwrap()).unwrap();
    let answer = read_a(&decoded);
    assert_eq!(answer.ttl, None, "a failure has no time to live");
    assert_eq!(
        answer.extended_errors,
        [ExtendedError {
            code: 9,
            meaning: "DNSKEY Missing".to_owned(),
            text: Untrusted::from("no SEP\x1b[2J"),
        }]
    );
}

#[test]
fn extended_errors_are_cut_in_length_and_number() {
    let mut edns = extended_error(60_000, &[b'x'; 5000]);
    for _ in 0..40 {
        edns.options_mut()
            .insert(EdnsOption::Unknown(15, vec![0, 200]));
    }
    edns.options_mut().insert(EdnsOption::Unknown(15, vec![0]));
    let mut message = answered(Vec::new());
    message.set_edns(edns);
    let errors = read_a(&message).extended_errors;
    assert_eq!(errors.len(), EXTENDED_ERRORS_KEPT);
    assert_eq!(errors[0].meaning, "Private Use");
    assert_eq!(errors[0].text.raw().len(), quick().field_bytes);
    assert_eq!(errors[1].meaning, "Unassigned");
}

#[test]
fn an_extended_response_code_is_put_together_and_named() {
    let mut message = answered(Vec::new());
    message.metadata.response_code = ResponseCode::BADCOOKIE;
    let mut edns = hickory_proto::op::Edns::new();
    edns.set_rcode_high(1);
    message.set_edns(edns);
    let decoded = Message::from_vec(&message.to_vec().unwrap()).unwrap();
    let answer = read_a(&decoded);
    assert_eq!(
        (answer.rcode, answer.rcode_name.as_str()),
        (23, "BADCOOKIE")
    );
    assert_eq!(rcode_name(3000), "RCODE3000");
}

#[test]
fn names_with_control_bytes_stay_harmless() {
    let hostile = Name::from_labels([b"a\x1b[31m\xff".as_slice(), b"test".as_slice()]).unwrap();
    let record = Record::from_rdata(
        name("www.shop.test."),
        60,
        RData::CNAME(hickory_proto::rr::rdata::CNAME(hostile)),
    );
    let answer = read_a(&answered(vec![record]));
    let shown = answer.cnames[0].escaped();
    assert!(shown.is_ascii() && !shown.contains('\x1b'), "{shown}");
    assert!(shown.ends_with(".test"), "{shown}");
}
