//! Many questions against a server of the test's own: one result per line, whatever the server does.

use std::collections::BTreeSet;
use std::time::Instant;

use hickory_proto::op::ResponseCode;
use netwhy_report::Failure;
use netwhy_report::dns::{BulkOutcome, DnsTransport};
use netwhy_report::plan::EdnsRequest;

use super::*;
use crate::fake_server::{Arrived, FakeServer, Script, address, at_once};

fn options(server: SocketAddr) -> BulkOptions {
    BulkOptions {
        servers: vec![server],
        in_turn: true,
        record_type: RecordType(1),
        class: RecordClass::IN,
        query: DnsQueryOptions::default(),
        timeout: Duration::from_millis(300),
        tries: 2,
        concurrency: 20,
        rate: None,
        ordered: false,
        source: None,
    }
}

async fn asked(lines: &[&str], options: &BulkOptions) -> (BulkRecord, Vec<BulkResult>) {
    let (sender, receiver) = mpsc::channel(4);
    let lines: Vec<Line> = lines
        .iter()
        .zip(1..)
        .map(|(text, number)| Line {
            number,
            text: text.as_bytes().to_vec(),
        })
        .collect();
    tokio::spawn(async move {
        for batch in lines.chunks(7) {
            sender.send(batch.to_vec()).await.unwrap();
        }
    });
    let mut results = Vec::new();
    let mut emit = |step| {
        if let Step::Result(result) = step {
            results.push(result);
        }
    };
    let record = run(receiver, options, std::future::pending(), &mut emit)
        .await
        .unwrap();
    (record, results)
}

fn one_address(arrived: &Arrived) -> Script {
    let owner = arrived.message.queries[0].name.to_ascii();
    at_once(&arrived.answer(vec![address(&owner, 60, "192.0.2.1")]))
}

fn names(count: usize) -> Vec<String> {
    (0..count)
        .map(|nth| format!("host{nth}.bulk.test"))
        .collect()
}

#[tokio::test]
async fn every_line_has_one_result_and_comments_have_none() {
    let server = FakeServer::start(one_address).await;
    let lines = [
        "# a comment",
        "",
        "www.bulk.test",
        "mail.bulk.test MX",
        "192.0.2.7",
        "a..b",
        "www.bulk.test NOSUCHTYPE",
        "one A too many",
        "; another comment",
        "www.bulk.test",
    ];
    let (record, results) = asked(&lines, &options(server.address)).await;
    assert_eq!((record.lines, record.answered, record.rejected), (7, 4, 3));
    assert_eq!(server.queries(), 4);
    let numbers: BTreeSet<u64> = results.iter().map(|result| result.line).collect();
    assert_eq!(numbers, BTreeSet::from([3, 4, 5, 6, 7, 8, 10]));
    assert_eq!(results.len(), 7);
    let of = |line: u64| results.iter().find(|result| result.line == line).unwrap();
    assert_eq!(of(4).record_type.as_deref(), Some("MX"));
    assert_eq!(of(5).record_type.as_deref(), Some("PTR"));
    assert_eq!(of(5).name.escaped(), "7.2.0.192.in-addr.arpa.");
    let BulkOutcome::Answered(answer) = &of(3).outcome else {
        panic!("{:?}", of(3));
    };
    assert_eq!(answer.answer[0].data.escaped(), "192.0.2.1");
    let BulkOutcome::Rejected { reason } = &of(7).outcome else {
        panic!("{:?}", of(7));
    };
    assert!(reason.contains("NOSUCHTYPE"), "{reason}");
}

#[tokio::test]
async fn more_lines_than_may_be_in_flight_all_get_their_answers_in_order() {
    // Every seventh query is lost at first, so that answers overtake one another.
    let server = FakeServer::start(|arrived| match arrived.nth % 7 {
        3 => Vec::new(),
        _ => one_address(arrived),
    })
    .await;
    let names = names(500);
    let lines: Vec<&str> = names.iter().map(String::as_str).collect();
    let ordered = BulkOptions {
        ordered: true,
        tries: 9,
        ..options(server.address)
    };
    let (record, results) = asked(&lines, &ordered).await;
    assert_eq!((record.answered, record.failed), (500, 0));
    assert!(record.retransmits >= 70, "{}", record.retransmits);
    let numbers: Vec<u64> = results.iter().map(|result| result.line).collect();
    assert_eq!(numbers, (1..=500).collect::<Vec<u64>>());
}

#[tokio::test]
async fn silence_fails_a_line_after_its_tries() {
    let server = FakeServer::start(|_| Vec::new()).await;
    let (record, results) = asked(&["a.test", "b.test"], &options(server.address)).await;
    assert_eq!((record.failed, record.retransmits), (2, 2));
    for result in results {
        assert!(
            matches!(
                result.outcome,
                BulkOutcome::Failed {
                    tries: 2,
                    failure: Failure::TimedOut { .. },
                    ..
                }
            ),
            "{result:?}"
        );
    }
}

#[tokio::test]
async fn a_closed_port_fails_every_line_at_once() {
    let held = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = held.local_addr().unwrap();
    drop(held);
    let names = names(50);
    let lines: Vec<&str> = names.iter().map(String::as_str).collect();
    let patient = BulkOptions {
        timeout: Duration::from_secs(5),
        ..options(closed)
    };
    let begun = Instant::now();
    let (record, _) = asked(&lines, &patient).await;
    assert_eq!(record.failed, 50);
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_server_without_a_route_fails_every_line() {
    // The kernel lets nobody connect to the broadcast address who has not asked for it.
    let server = "255.255.255.255:53".parse().unwrap();
    let (record, results) = asked(&["a.test", "b.test"], &options(server)).await;
    assert_eq!((record.failed, results.len()), (2, 2));
    for result in results {
        let unreachable = matches!(
            result.outcome,
            BulkOutcome::Failed {
                failure: Failure::Unreachable { .. },
                ..
            }
        );
        assert!(unreachable, "{result:?}");
    }
}

#[tokio::test]
async fn a_cut_reply_is_asked_for_again_over_tcp() {
    let server = FakeServer::start(|arrived| {
        let mut reply = arrived.answer(vec![address("big.test.", 60, "192.0.2.1")]);
        if !arrived.over_tcp {
            reply.answers.clear();
            reply.metadata.truncation = true;
        }
        at_once(&reply)
    })
    .await;
    let (record, results) = asked(&["big.test"], &options(server.address)).await;
    assert_eq!((record.answered, record.over_tcp), (1, 1));
    let BulkOutcome::Answered(answer) = &results[0].outcome else {
        panic!("{results:?}");
    };
    assert_eq!(
        (answer.transport, answer.answer.len()),
        (DnsTransport::Tcp, 1)
    );
}

#[tokio::test]
async fn a_reply_to_another_question_is_a_stray() {
    let server = FakeServer::start(|arrived| {
        let mut wrong = arrived.reply(ResponseCode::NoError);
        wrong.queries[0].name = crate::fake_server::name("other.test.");
        let mut script = at_once(&wrong);
        script.extend(crate::fake_server::after(
            50,
            &arrived.reply(ResponseCode::NXDomain),
        ));
        script
    })
    .await;
    let (record, _) = asked(&["a.test"], &options(server.address)).await;
    assert_eq!((record.answered, record.strays), (1, 1));
    assert_eq!(record.rcodes.get("NXDOMAIN"), Some(&1));
}

#[tokio::test]
async fn a_rate_holds() {
    let server = FakeServer::start(one_address).await;
    let names = names(30);
    let lines: Vec<&str> = names.iter().map(String::as_str).collect();
    let slow = BulkOptions {
        rate: Some(100),
        ..options(server.address)
    };
    let begun = Instant::now();
    let (record, _) = asked(&lines, &slow).await;
    assert_eq!(record.answered, 30);
    assert!(
        begun.elapsed() >= Duration::from_millis(290),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn an_interruption_leaves_no_line_without_its_result() {
    let server = FakeServer::start(|_| Vec::new()).await;
    let (sender, receiver) = mpsc::channel(4);
    let line = |number: u64| Line {
        number,
        text: format!("host{number}.test").into_bytes(),
    };
    sender.send((1..=5).map(line).collect()).await.unwrap();
    let stop = tokio::time::sleep(Duration::from_millis(100));
    let mut results = 0;
    let mut emit = |step| results += usize::from(matches!(step, Step::Result(_)));
    let record = run(receiver, &options(server.address), stop, &mut emit)
        .await
        .unwrap();
    assert_eq!((record.lines, record.interrupted, results), (5, 5, 5));
    drop(sender);
}

#[tokio::test]
async fn queries_say_what_the_options_say() {
    let server = FakeServer::start(|arrived| {
        let metadata = &arrived.message.metadata;
        assert!(!metadata.recursion_desired && metadata.checking_disabled);
        let edns = arrived.message.edns.as_ref().unwrap();
        assert!(edns.flags().dnssec_ok);
        assert_eq!(edns.max_payload(), 4000);
        one_address(arrived)
    })
    .await;
    let particular = BulkOptions {
        query: DnsQueryOptions {
            recursion_desired: false,
            checking_disabled: true,
            edns: Some(EdnsRequest {
                udp_payload: 4000,
                dnssec_ok: true,
                ..EdnsRequest::default()
            }),
            ..DnsQueryOptions::default()
        },
        ..options(server.address)
    };
    let (record, _) = asked(&["a.test"], &particular).await;
    assert_eq!(record.answered, 1);
}
