//! Questions to small servers of our own on loopback.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use netwhy_report::client::FileError;
use netwhy_report::dns::{AddressType, DnsTransport, rcode};
use netwhy_report::{Failure, Timeline};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

use crate::*;

const OPTIONS: AskOptions = AskOptions {
    timeout: Duration::from_millis(300),
    tries: 2,
    cname_links: 11,
    field_bytes: 1024,
    source: None,
};

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn reply(query: &Message) -> Message {
    let mut message = Message::response(query.metadata.id, OpCode::Query);
    message.add_queries(query.queries.clone());
    message
}

/// A server over UDP and TCP on one port that answers as `behave` says; an empty vector is silence.
async fn server(
    behave: impl Fn(&Message, bool) -> Vec<Vec<u8>> + Send + Sync + Copy + 'static,
) -> SocketAddr {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let udp = UdpSocket::bind(address).await.unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
            for datagram in behave(&Message::from_vec(&buffer[..length]).unwrap(), false) {
                udp.send_to(&datagram, from).await.unwrap();
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let length = stream.read_u16().await.unwrap();
            let mut query = vec![0; usize::from(length)];
            stream.read_exact(&mut query).await.unwrap();
            for message in behave(&Message::from_vec(&query).unwrap(), true) {
                stream
                    .write_u16(u16::try_from(message.len()).unwrap())
                    .await
                    .unwrap();
                stream.write_all(&message).await.unwrap();
            }
        }
    });
    address
}

async fn asked(server: SocketAddr) -> netwhy_report::dns::DnsQuery {
    let question = Question {
        name: "www.example.test".to_owned(),
        record_type: AddressType::A,
    };
    ask(&question, server, &OPTIONS, &Timeline::new(Instant::now())).await
}

fn addressed(query: &Message) -> Message {
    let mut message = reply(query);
    let data = match query.queries[0].query_type {
        RecordType::A => RData::A(A::new(192, 0, 2, 1)),
        _ => RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
    };
    message.add_answer(Record::from_rdata(query.queries[0].name.clone(), 300, data));
    message
}

#[tokio::test]
async fn a_cname_chain_is_followed_to_its_addresses_with_the_least_ttl() {
    let server = server(|query, _| {
        let mut message = reply(query);
        message.add_answer(Record::from_rdata(
            name("WWW.example.test."),
            300,
            RData::CNAME(CNAME(name("cdn.example.test."))),
        ));
        message.add_answer(Record::from_rdata(
            name("cdn.example.test."),
            20,
            RData::A(A::new(192, 0, 2, 7)),
        ));
        message.add_answer(Record::from_rdata(
            name("evil.test."),
            5,
            RData::A(A::new(203, 0, 113, 66)),
        ));
        vec![message.to_vec().unwrap()]
    })
    .await;
    let query = asked(server).await;
    let answer = query.step.value().unwrap();
    assert_eq!(
        answer.addresses,
        ["192.0.2.7".parse::<std::net::IpAddr>().unwrap()],
        "only the chain's own addresses count"
    );
    assert_eq!(
        (answer.ttl, answer.cnames.len(), answer.cname_loop),
        (Some(20), 1, false)
    );
}

#[tokio::test]
async fn a_cname_loop_is_recognised() {
    let server = server(|query, _| {
        let mut message = reply(query);
        message.add_answer(Record::from_rdata(
            name("www.example.test."),
            300,
            RData::CNAME(CNAME(name("b.example.test."))),
        ));
        message.add_answer(Record::from_rdata(
            name("b.example.test."),
            300,
            RData::CNAME(CNAME(name("www.example.test."))),
        ));
        vec![message.to_vec().unwrap()]
    })
    .await;
    assert!(asked(server).await.step.value().unwrap().cname_loop);
}

#[tokio::test]
async fn a_missing_name_carries_its_negative_ttl() {
    let server = server(|query, _| {
        let mut message = reply(query);
        message.metadata.response_code = ResponseCode::NXDomain;
        let soa = SOA::new(
            name("ns.example.test."),
            name("h.example.test."),
            1,
            3600,
            600,
            86400,
            60,
        );
        message.add_authority(Record::from_rdata(
            name("example.test."),
            900,
            RData::SOA(soa),
        ));
        vec![message.to_vec().unwrap()]
    })
    .await;
    let query = asked(server).await;
    let answer = query.step.value().unwrap();
    assert_eq!((answer.rcode, answer.ttl), (rcode::NXDOMAIN, Some(60)));
    assert_eq!(
        answer.negative_zone.as_ref().unwrap().raw(),
        b"example.test"
    );
}

#[tokio::test]
async fn an_extended_error_is_decoded_with_its_meaning() {
    let server = server(|query, _| {
        let mut message = reply(query);
        message.metadata.response_code = ResponseCode::ServFail;
        let mut edns = Edns::new();
        edns.options_mut().insert(EdnsOption::Unknown(
            15,
            [&[0, 22][..], b"no \x1b[31mserver"].concat(),
        ));
        message.set_edns(edns);
        vec![message.to_vec().unwrap()]
    })
    .await;
    let query = asked(server).await;
    let answer = query.step.value().unwrap();
    assert_eq!(answer.rcode_name, "SERVFAIL");
    assert_eq!(answer.extended_errors[0].meaning, "No Reachable Authority");
    assert!(answer.extended_errors[0].text.escaped().contains("\\u{1b}"));
}

#[tokio::test]
async fn truncation_leads_to_tcp_and_both_tries_are_on_record() {
    let server = server(|query, tcp| {
        let mut message = addressed(query);
        message.metadata.truncation = !tcp;
        vec![message.to_vec().unwrap()]
    })
    .await;
    let query = asked(server).await;
    assert!(query.step.value().unwrap().truncated);
    let transports: Vec<_> = query.tries.iter().map(|one| one.transport).collect();
    assert_eq!(transports, [DnsTransport::Udp, DnsTransport::Tcp]);
}

#[tokio::test]
async fn a_forged_id_is_counted_and_the_right_answer_still_taken() {
    let server = server(|query, _| {
        let right = addressed(query).to_vec().unwrap();
        let mut forged = right.clone();
        forged[0] ^= 0xff;
        vec![forged, right]
    })
    .await;
    let query = asked(server).await;
    assert_eq!(query.tries[0].mismatched, 1);
    assert_eq!(query.step.value().unwrap().addresses.len(), 1);
}

#[tokio::test]
async fn a_reply_to_another_question_is_not_believed() {
    let server = server(|query, _| {
        let mut message = addressed(query);
        message.queries[0].name = name("other.test.");
        vec![message.to_vec().unwrap()]
    })
    .await;
    assert_eq!(
        asked(server).await.step.failure(),
        Some(&Failure::DnsMismatched { replies: 1 })
    );
}

#[tokio::test]
async fn an_undecodable_reply_is_a_failure_of_its_own() {
    let server = server(|query, _| {
        vec![
            [
                &query.metadata.id.to_be_bytes()[..],
                &[0x81, 0x80, 0, 9, 0, 9, 0, 0, 0, 0, 0xc0],
            ]
            .concat(),
        ]
    })
    .await;
    assert!(matches!(
        asked(server).await.step.failure(),
        Some(Failure::DnsUndecodable { .. })
    ));
}

#[tokio::test]
async fn silence_times_out_after_every_try() {
    let query = asked(server(|_, _| Vec::new()).await).await;
    assert_eq!(
        query.step.failure(),
        Some(&Failure::TimedOut {
            after: OPTIONS.timeout
        })
    );
    assert_eq!(query.tries.len(), 2);
}

#[tokio::test]
async fn a_closed_port_tells_at_once() {
    let closed = UdpSocket::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let query = asked(closed).await;
    assert_eq!(query.step.failure(), Some(&Failure::Refused { icmp: None }));
    assert!(query.step.duration.unwrap() < OPTIONS.timeout);
}

#[tokio::test]
async fn a_server_without_edns_is_asked_again_without() {
    let server = server(|query, _| {
        let mut message = addressed(query);
        if query.edns.is_some() {
            message = reply(query);
            message.metadata.response_code = ResponseCode::FormErr;
        }
        vec![message.to_vec().unwrap()]
    })
    .await;
    let query = asked(server).await;
    assert_eq!(query.step.value().unwrap().addresses.len(), 1);
    assert_eq!(query.tries.len(), 2);
}

#[tokio::test]
async fn a_dead_server_does_not_delay_the_first_addresses() {
    let dead = server(|_, _| Vec::new()).await;
    let alive = server(|query, _| vec![addressed(query).to_vec().unwrap()]).await;
    let options = ResolveOptions {
        ask: OPTIONS,
        addresses: 32,
    };
    let mut resolution = start(
        "www.example.test",
        &[dead, alive],
        None,
        &options,
        &Timeline::new(Instant::now()),
    );
    let step = resolution.first_addresses().await;
    assert_eq!(step.value().unwrap().len(), 2);
    assert!(
        step.duration.unwrap() < Duration::from_millis(250),
        "{step:?}"
    );
    let record = resolution.finish().await;
    assert!(record.server_answered(alive) && !record.server_answered(dead));
    assert_eq!(record.queries.len(), 4);
}

#[tokio::test]
async fn a_denial_waits_for_a_second_opinion() {
    let denying = server(|query, _| {
        let mut message = reply(query);
        message.metadata.response_code = ResponseCode::Refused;
        vec![message.to_vec().unwrap()]
    })
    .await;
    let alive = server(|query, _| vec![addressed(query).to_vec().unwrap()]).await;
    let options = ResolveOptions {
        ask: OPTIONS,
        addresses: 32,
    };
    let mut resolution = start(
        "www.example.test",
        &[denying, alive],
        None,
        &options,
        &Timeline::new(Instant::now()),
    );
    assert!(resolution.first_addresses().await.value().is_some());
    let mut alone = start(
        "www.example.test",
        &[denying],
        None,
        &options,
        &Timeline::new(Instant::now()),
    );
    assert_eq!(
        alone.first_addresses().await.failure(),
        Some(&Failure::NoAddress)
    );
}

#[test]
fn resolv_conf_is_read_past_lines_that_make_no_sense() {
    let folder = std::env::temp_dir().join(format!("netwhy-dns-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("resolv.conf");
    std::fs::write(&path, "nameserver 192.0.2.53\nnameserver not-an-address\nsearch corp.test lab.test\noptions ndots:2 timeout:3\nnameserver 2001:db8::53\n").unwrap();
    let read = read_resolv_conf(&path, 53);
    assert_eq!(
        read.servers,
        [
            "192.0.2.53:53".parse().unwrap(),
            "[2001:db8::53]:53".parse::<SocketAddr>().unwrap()
        ]
    );
    assert_eq!(
        (read.ndots, read.timeout_seconds, read.problems[0].line),
        (2, 3, 2)
    );
    assert_eq!(read.search, ["corp.test", "lab.test"]);
    assert_eq!(
        read_resolv_conf(&folder.join("none"), 53).error,
        Some(FileError::Missing)
    );
    assert_eq!(
        read_resolv_conf(&folder, 53).error,
        Some(FileError::Unreadable)
    );
    let hosts = folder.join("hosts");
    std::fs::write(
        &hosts,
        "127.0.0.1 localhost\n192.0.2.9  Shop.example.test alias # shop\n",
    )
    .unwrap();
    assert_eq!(read_hosts(&hosts, "shop.example.test").entries[0].line, 2);
    assert!(read_hosts(&hosts, "other.test").entries.is_empty());
    let switch = folder.join("nsswitch.conf");
    std::fs::write(
        &switch,
        "passwd: files\nhosts: files mdns4 [NOTFOUND=return status=x] dns\n",
    )
    .unwrap();
    assert_eq!(read_lookup_order(&switch), ["files", "mdns4", "dns"]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn short_names_go_through_the_search_list_first() {
    let search = ["corp.test".to_owned()];
    assert_eq!(search_candidates("db", &search, 1), ["db.corp.test", "db"]);
    assert_eq!(
        search_candidates("a.b", &search, 1),
        ["a.b", "a.b.corp.test"]
    );
    assert_eq!(search_candidates("db.", &search, 1), ["db"]);
}
