//! Questions to servers on loopback that answer well, badly, late or not at all.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::RecordType;
use netwhy_report::Failure;
use netwhy_report::dns::DnsTransport;

use super::*;
use crate::exchange::failure;
use crate::fake_server::{
    Arrived, FakeServer, address, after, at_once, cname, extended_error, name, quick, soa, timeline,
};

mod fallbacks;

const OWNER: &str = "www.shop.test.";

fn question() -> Question {
    Question {
        name: "www.shop.test".to_owned(),
        record_type: AddressType::A,
    }
}

async fn ask_a(server: SocketAddr) -> DnsQuery {
    ask(&question(), server, &quick(), &timeline()).await
}

fn good(arrived: &Arrived) -> Message {
    arrived.answer(vec![address(OWNER, 60, "192.0.2.1")])
}

fn addresses(query: &DnsQuery) -> Vec<IpAddr> {
    query.step.value().expect("an answer").addresses.clone()
}

fn good_addresses() -> Vec<IpAddr> {
    vec!["192.0.2.1".parse().unwrap()]
}

fn transports(query: &DnsQuery) -> Vec<DnsTransport> {
    query.tries.iter().map(|one| one.transport).collect()
}

fn changed(mut message: Message, change: impl FnOnce(&mut Message)) -> Message {
    change(&mut message);
    message
}

#[tokio::test]
async fn an_answer_has_its_addresses_flags_and_size() {
    let server = FakeServer::start(|arrived| {
        let asked = &arrived.message.metadata;
        assert!(asked.recursion_desired && asked.authentic_data);
        assert_eq!(arrived.message.max_payload(), 1232);
        let mut reply = good(arrived);
        reply.metadata.authoritative = true;
        reply.metadata.authentic_data = true;
        at_once(&reply)
    })
    .await;
    let query = ask_a(server.address).await;
    let answer = query.step.value().unwrap();
    assert_eq!(answer.addresses, good_addresses());
    assert_eq!(
        (answer.rcode_name.as_str(), answer.ttl),
        ("NOERROR", Some(60))
    );
    assert!(answer.authoritative && answer.authentic && !answer.truncated);
    assert_eq!(answer.size, 47, "header 12, question 19, record 16");
    assert_eq!(query.tries.len(), 1);
    assert_eq!(query.tries[0].step.value(), Some(&47));
    assert!(query.step.duration >= query.tries[0].step.duration);
}

#[tokio::test]
async fn aaaa_is_asked_for_as_aaaa() {
    let server = FakeServer::start(|arrived| {
        assert!(arrived.wants(RecordType::AAAA));
        at_once(&arrived.answer(vec![
            cname(OWNER, 300, "edge.test."),
            address("edge.test.", 60, "2001:db8::1"),
        ]))
    })
    .await;
    let question = Question {
        record_type: AddressType::Aaaa,
        ..question()
    };
    let query = ask(&question, server.address, &quick(), &timeline()).await;
    assert_eq!(
        addresses(&query),
        ["2001:db8::1".parse::<IpAddr>().unwrap()]
    );
}

#[tokio::test]
async fn a_missing_name_is_an_answer_with_its_negative_ttl() {
    let server = FakeServer::start(|arrived| {
        let mut reply = arrived.reply(ResponseCode::NXDomain);
        reply.add_authority(soa("shop.test.", 900, 30));
        at_once(&reply)
    })
    .await;
    let query = ask_a(server.address).await;
    let answer = query.step.value().unwrap();
    assert_eq!(
        (answer.rcode_name.as_str(), answer.ttl),
        ("NXDOMAIN", Some(30))
    );
}

#[tokio::test]
async fn servfail_is_an_answer_with_its_extended_error() {
    let server = FakeServer::start(|arrived| {
        let mut reply = arrived.reply(ResponseCode::ServFail);
        reply.set_edns(extended_error(7, b"expired"));
        at_once(&reply)
    })
    .await;
    let query = ask_a(server.address).await;
    let answer = query.step.value().unwrap();
    assert_eq!(answer.rcode_name, "SERVFAIL");
    assert_eq!(answer.extended_errors[0].meaning, "Signature Expired");
    assert_eq!(
        server.queries(),
        1,
        "an outright answer is not asked for twice"
    );
}

#[tokio::test]
async fn replies_that_are_not_ours_are_counted_and_waited_past() {
    let server = FakeServer::start(|arrived| {
        let wrong_id = changed(good(arrived), |reply| {
            reply.metadata.id = reply.metadata.id.wrapping_add(1);
        });
        let wrong_question = changed(good(arrived), |reply| {
            reply.queries[0].set_name(name("www.bank.test."));
        });
        let no_question = changed(good(arrived), |reply| reply.queries.clear());
        let mut script = at_once(&wrong_id);
        script.extend(at_once(&wrong_question));
        script.extend(at_once(&no_question));
        // The query itself, thrown back.
        script.extend(at_once(&arrived.message));
        script.extend(after(60, &good(arrived)));
        script
    })
    .await;
    let query = ask_a(server.address).await;
    assert_eq!(addresses(&query), good_addresses());
    assert_eq!(query.tries.len(), 1);
    assert_eq!(query.tries[0].mismatched.total(), 4);
}

#[tokio::test]
async fn nothing_but_wrong_ids_is_a_mismatch() {
    let server = FakeServer::start(|arrived| {
        at_once(&changed(good(arrived), |reply| {
            reply.metadata.id = reply.metadata.id.wrapping_add(1);
        }))
    })
    .await;
    let query = ask_a(server.address).await;
    assert_eq!(
        query.step.failure(),
        Some(&Failure::DnsMismatched { replies: 2 })
    );
    assert_eq!(
        query.tries[0].step.failure(),
        Some(&Failure::DnsMismatched { replies: 1 })
    );
}

#[tokio::test]
async fn a_reply_that_cannot_be_decoded_fails_at_once() {
    let server = FakeServer::start(|arrived| {
        let mut bytes = good(arrived).to_vec().unwrap();
        bytes.truncate(bytes.len() - 3);
        vec![(Duration::ZERO, bytes)]
    })
    .await;
    let query = ask_a(server.address).await;
    assert!(matches!(
        query.step.failure(),
        Some(Failure::DnsUndecodable { .. })
    ));
    assert_eq!(query.tries.len(), 1);
}

#[tokio::test]
async fn bytes_that_are_no_dns_message_are_no_forgery() {
    let server =
        FakeServer::start(|_| vec![(Duration::ZERO, b"HTTP/1.1 400 Bad\r\n".to_vec())]).await;
    let query = ask_a(server.address).await;
    assert!(matches!(
        query.step.failure(),
        Some(Failure::DnsUndecodable { .. })
    ));
    assert_eq!(query.tries[0].mismatched.total(), 0);
}

#[tokio::test]
async fn silence_is_a_timeout_after_every_try() {
    let server = FakeServer::start(|_| Vec::new()).await;
    let query = ask_a(server.address).await;
    let Some(Failure::TimedOut { after }) = query.step.failure() else {
        panic!("{:?}", query.step);
    };
    assert!(*after >= quick().exchange.timeout * 2, "{after:?}");
    assert_eq!(query.tries.len(), 2);
    let each = Failure::TimedOut {
        after: quick().exchange.timeout,
    };
    assert!(
        query
            .tries
            .iter()
            .all(|one| one.step.failure() == Some(&each))
    );
    assert_eq!(server.queries(), 2);
}

#[tokio::test]
async fn a_lost_datagram_costs_one_try() {
    let server = FakeServer::start(|arrived| match arrived.nth {
        0 => Vec::new(),
        _ => at_once(&good(arrived)),
    })
    .await;
    let query = ask_a(server.address).await;
    assert_eq!(addresses(&query), good_addresses());
    assert!(matches!(
        query.tries[0].step.failure(),
        Some(Failure::TimedOut { .. })
    ));
    assert!(query.tries[1].step.value().is_some());
}

#[tokio::test]
async fn a_reply_to_an_earlier_try_still_counts() {
    let server = FakeServer::start(|arrived| match arrived.nth {
        0 => after(400, &good(arrived)),
        _ => Vec::new(),
    })
    .await;
    let query = ask_a(server.address).await;
    assert_eq!(addresses(&query), good_addresses());
    assert!(query.tries[0].step.value().is_some());
    assert!(query.tries[0].step.duration >= Some(quick().exchange.timeout));
    assert_eq!(
        query.tries[1].step.skip_reason(),
        Some(&SkipReason::NotNeeded)
    );
}

#[tokio::test]
async fn a_closed_port_is_refused_without_waiting() {
    let vacant = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let server = vacant.local_addr().unwrap();
    drop(vacant);
    let query = ask_a(server).await;
    assert_eq!(query.step.failure(), Some(&Failure::Refused { icmp: None }));
    assert_eq!(query.tries.len(), 1);
    assert!(query.step.duration.unwrap() < quick().exchange.timeout);
}

#[tokio::test]
async fn a_name_beyond_the_limits_of_dns_is_not_asked_for() {
    let server = FakeServer::start(|arrived| at_once(&good(arrived))).await;
    for bad in [
        "a".repeat(64),
        "a..test".to_owned(),
        ["abcdefg"; 40].join("."),
    ] {
        let question = Question {
            name: bad,
            record_type: AddressType::A,
        };
        let query = ask(&question, server.address, &quick(), &timeline()).await;
        assert!(
            matches!(query.step.skip_reason(), Some(SkipReason::Forbidden { .. })),
            "{query:?}"
        );
    }
    assert_eq!(server.queries(), 0);
}

#[tokio::test]
async fn a_source_of_the_servers_family_is_used_and_another_is_not() {
    let server = FakeServer::start(|arrived| at_once(&good(arrived))).await;
    let from = |source: &str| AskOptions {
        exchange: ExchangeOptions {
            source: Some(source.parse().unwrap()),
            ..quick().exchange
        },
        ..quick()
    };
    let query = ask(&question(), server.address, &from("::1"), &timeline()).await;
    assert_eq!(addresses(&query), good_addresses());
    // TEST-NET-3 is nobody's address, so that binding to it must fail.
    let query = ask(
        &question(),
        server.address,
        &from("203.0.113.1"),
        &timeline(),
    )
    .await;
    let errno = libc::EADDRNOTAVAIL;
    assert_eq!(
        query.step.failure(),
        Some(&Failure::Unreachable { errno, icmp: None })
    );
}

#[test]
fn system_errors_become_typed_failures() {
    let of = |errno| failure(&io::Error::from_raw_os_error(errno), 9);
    assert_eq!(of(libc::ECONNREFUSED), Failure::Refused { icmp: None });
    assert_eq!(of(libc::EMFILE), Failure::DescriptorsExhausted);
    assert_eq!(of(libc::ECONNRESET), Failure::Reset { received: 9 });
    let errno = libc::EPERM;
    assert_eq!(of(errno), Failure::Unreachable { errno, icmp: None });
    let errno = libc::EINVAL;
    assert_eq!(of(errno), Failure::System { errno });
}
