//! Every transport against a server of its own: the answer, the times apart, and each way to fail as a fact of its own.

mod servers;

use std::time::Duration;

use hickory_proto::op::{Message, MessageType, Query};
use hickory_proto::rr::RecordType;
use tokio::net::{TcpListener, UdpSocket};

use super::*;
use crate::exchange::exchange;
use crate::fake_server::{address, name, quick, timeline};
use servers::{Answer, GOOD, Head, over_quic, over_tcp};

fn question() -> Query {
    Query::query(name("www.shop.test."), RecordType::A)
}

fn options() -> ExchangeOptions {
    ExchangeOptions {
        timeout: Duration::from_secs(5),
        ..quick().exchange
    }
}

/// Answers every query with one address.
fn one_address() -> Answer {
    Arc::new(|query| {
        let mut reply = Message::from_vec(query).unwrap();
        reply.metadata.message_type = MessageType::Response;
        reply.edns = None;
        reply.add_answer(address("www.shop.test.", 60, "192.0.2.7"));
        reply.to_vec().unwrap()
    })
}

fn endpoint(address: SocketAddr, transport: DnsTransport, identity: Identity) -> Endpoint {
    Endpoint {
        address,
        carrier: Carrier::new(transport, || identity),
    }
}

async fn server(transport: DnsTransport, head: &Head, answer: Answer) -> servers::Secure {
    match transport {
        DnsTransport::Tls => over_tcp("dot", None, answer).await,
        DnsTransport::Https => over_tcp("h2", Some(head.clone()), answer).await,
        DnsTransport::H3 => over_quic("h3", Some(head.clone()), answer),
        _ => over_quic("doq", None, answer),
    }
}

const SECURE: [DnsTransport; 4] = [
    DnsTransport::Tls,
    DnsTransport::Https,
    DnsTransport::H3,
    DnsTransport::Quic,
];
const WEB: [DnsTransport; 2] = [DnsTransport::Https, DnsTransport::H3];

async fn failure_of(transport: DnsTransport, name: &str, head: &Head, answer: Answer) -> Failure {
    let server = server(transport, head, answer).await;
    let to = endpoint(server.address, transport, server.identity(name));
    let ended = exchange(&question(), &to, &options(), &timeline()).await;
    assert_eq!(ended.tries.len(), 1, "{transport:?}");
    ended.result.unwrap_err()
}

#[tokio::test]
async fn every_transport_brings_the_answer_with_its_times() {
    for transport in SECURE {
        let server = server(transport, &GOOD, one_address()).await;
        let to = endpoint(server.address, transport, server.identity("dns.test"));
        let ended = exchange(&question(), &to, &options(), &timeline()).await;
        let reply = ended
            .result
            .unwrap_or_else(|failure| panic!("{transport:?}: {failure:?}"));
        assert_eq!(reply.message.answers.len(), 1, "{transport:?}");
        let one = &ended.tries[0];
        assert_eq!(one.transport, transport);
        assert!(one.connect.is_some(), "{transport:?}");
        let over_quic = matches!(transport, DnsTransport::H3 | DnsTransport::Quic);
        assert_eq!(one.handshake.is_none(), over_quic, "{transport:?}");
        let parts = one.connect.unwrap() + one.handshake.unwrap_or_default();
        assert!(parts < one.step.duration.unwrap(), "{transport:?}");
        assert_eq!(
            one.http_status,
            WEB.contains(&transport).then_some(200),
            "{transport:?}"
        );
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    for transport in SECURE {
        let failure = failure_of(transport, "other.test", &GOOD, one_address()).await;
        let Failure::TlsCertificate { reason } = &failure else {
            panic!("{transport:?}: {failure:?}");
        };
        assert!(reason.contains("other.test"), "{transport:?}: {reason}");
    }
}

#[tokio::test]
async fn an_untrusted_issuer_is_refused() {
    for transport in SECURE {
        let (trusted, other) = tokio::join!(
            server(transport, &GOOD, one_address()),
            server(transport, &GOOD, one_address())
        );
        let to = endpoint(other.address, transport, trusted.identity("dns.test"));
        let ended = exchange(&question(), &to, &options(), &timeline()).await;
        let failure = ended.result.unwrap_err();
        assert!(
            matches!(failure, Failure::TlsCertificate { .. }),
            "{transport:?}: {failure:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_speaks_another_protocol_is_told_apart() {
    let web = over_tcp("http/1.1", Some(GOOD), one_address()).await;
    let to = endpoint(web.address, DnsTransport::Https, web.identity("dns.test"));
    let ended = exchange(&question(), &to, &options(), &timeline()).await;
    let expected = Failure::tls_alert(120);
    assert_eq!(ended.result.unwrap_err(), expected);

    let quic = over_quic("h3", Some(GOOD), one_address());
    let to = endpoint(quic.address, DnsTransport::Quic, quic.identity("dns.test"));
    let ended = exchange(&question(), &to, &options(), &timeline()).await;
    assert_eq!(
        ended.result.unwrap_err(),
        Failure::TlsAlpn {
            expected: "doq".to_owned()
        }
    );
}

#[tokio::test]
async fn a_response_that_is_no_answer_says_which() {
    let busy = Head {
        status: 503,
        ..GOOD
    };
    let page = Head {
        media_type: "text/html; charset=utf-8",
        ..GOOD
    };
    for transport in WEB {
        let failure = failure_of(transport, "dns.test", &busy, one_address()).await;
        assert_eq!(
            failure,
            Failure::HttpStatus { status: 503 },
            "{transport:?}"
        );
        let failure = failure_of(transport, "dns.test", &page, one_address()).await;
        let given = Some(netwhy_report::Untrusted::from("text/html; charset=utf-8"));
        assert_eq!(failure, Failure::HttpContentType { given }, "{transport:?}");
        let endless: Answer = Arc::new(|_| vec![0; 4 << 20]);
        let failure = failure_of(transport, "dns.test", &GOOD, endless).await;
        assert_eq!(
            failure,
            Failure::BodyTooLong { limit: 65_535 },
            "{transport:?}"
        );
    }
}

#[tokio::test]
async fn an_undecodable_body_is_kept() {
    for transport in SECURE {
        let server = server(transport, &GOOD, Arc::new(|_| vec![0, 0, 9])).await;
        let to = endpoint(server.address, transport, server.identity("dns.test"));
        let ended = exchange(&question(), &to, &options(), &timeline()).await;
        assert!(
            matches!(
                ended.result,
                Err(Failure::DnsUndecodable { .. } | Failure::DnsMismatched { .. })
            ),
            "{transport:?}"
        );
        if transport != DnsTransport::Tls {
            assert_eq!(ended.undecodable.as_deref(), Some(&[0, 0, 9][..]));
        }
    }
}

#[tokio::test]
async fn a_closed_port_is_refused_at_once_over_every_transport() {
    let held = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = held.local_addr().unwrap();
    drop(held);
    let any = over_tcp("dot", None, one_address()).await;
    for transport in SECURE {
        let to = endpoint(closed, transport, any.identity("dns.test"));
        let ended = exchange(&question(), &to, &options(), &timeline()).await;
        assert_eq!(
            ended.result.unwrap_err(),
            Failure::Refused { icmp: None },
            "{transport:?}"
        );
    }
}

#[tokio::test]
async fn a_silent_server_costs_one_timeout() {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let any = over_tcp("dot", None, one_address()).await;
    for transport in SECURE {
        let address = match transport {
            DnsTransport::Tls | DnsTransport::Https => tcp.local_addr().unwrap(),
            _ => udp.local_addr().unwrap(),
        };
        let to = endpoint(address, transport, any.identity("dns.test"));
        let begun = Instant::now();
        let ended = exchange(&question(), &to, &quick().exchange, &timeline()).await;
        assert!(
            begun.elapsed() < Duration::from_millis(800),
            "{transport:?}"
        );
        assert!(
            matches!(ended.result, Err(Failure::TimedOut { .. })),
            "{transport:?}: {:?}",
            ended.result
        );
    }
}

#[tokio::test]
async fn a_datagram_from_elsewhere_is_counted_and_not_taken() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (asked, forger) = (server.local_addr().unwrap(), other.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut buffer = [0; 512];
        let (length, client) = server.recv_from(&mut buffer).await.unwrap();
        let reply = one_address()(&buffer[..length]);
        other.send_to(&reply, client).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.send_to(&reply, client).await.unwrap();
    });
    let ended = exchange(&question(), &asked.into(), &options(), &timeline()).await;
    serving.await.unwrap();
    assert!(ended.result.is_ok(), "{:?}", ended.result);
    let mismatched = &ended.tries[0].mismatched;
    assert_eq!((mismatched.wrong_source, mismatched.total()), (1, 1));
    assert_eq!(mismatched.sources, [forger]);
}

#[tokio::test]
async fn mixed_case_takes_only_a_reply_that_repeats_it() {
    let lower: Answer = Arc::new(|query| {
        let mut reply = Message::from_vec(query).unwrap();
        reply.metadata.message_type = MessageType::Response;
        reply.queries[0].name = name("www.shop.test.");
        reply.to_vec().unwrap()
    });
    let mixed = |timeout| ExchangeOptions {
        timeout,
        tries: 1,
        query: netwhy_report::plan::DnsQueryOptions {
            mixed_case: true,
            ..netwhy_report::plan::DnsQueryOptions::default()
        },
        ..quick().exchange
    };
    let faithful = over_tcp("dot", None, one_address()).await;
    let to = endpoint(
        faithful.address,
        DnsTransport::Tls,
        faithful.identity("dns.test"),
    );
    let ended = exchange(
        &question(),
        &to,
        &mixed(Duration::from_secs(5)),
        &timeline(),
    )
    .await;
    assert!(ended.result.is_ok(), "{:?}", ended.result);
    let flattening = over_tcp("dot", None, lower).await;
    let to = endpoint(
        flattening.address,
        DnsTransport::Tls,
        flattening.identity("dns.test"),
    );
    let ended = exchange(
        &question(),
        &to,
        &mixed(Duration::from_millis(400)),
        &timeline(),
    )
    .await;
    assert_eq!(
        ended.result.unwrap_err(),
        Failure::DnsMismatched { replies: 1 }
    );
    assert_eq!(ended.tries[0].mismatched.wrong_case, 1);
}
