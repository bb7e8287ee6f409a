//! Checks against scripted servers on loopback: a root at .1 that refers, a zone at .2 that does as each test says.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, NS, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use netwhy_report::dns::check::Probe;
use netwhy_report::plan::{DnsOptions, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::{Budgets, Outcome};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::*;
use crate::{Silent, interrupter};

type Script = Arc<dyn Fn(&Message) -> Option<Message> + Send + Sync>;

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn at(net: u8, host: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 62, net, host)
}

fn ns(host: u8) -> Record {
    let target = name(&format!("ns{host}.shop.test."));
    Record::from_rdata(name("shop.test."), 300, RData::NS(NS(target)))
}

fn host(net: u8, nth: u8) -> Record {
    let owner = name(&format!("ns{nth}.shop.test."));
    Record::from_rdata(owner, 300, RData::A(A(at(net, nth))))
}

fn soa() -> Record {
    let soa = SOA::new(
        name("ns2.shop.test."),
        name("admin.shop.test."),
        7,
        3600,
        600,
        86_400,
        60,
    );
    Record::from_rdata(name("shop.test."), 300, RData::SOA(soa))
}

fn reply(query: &Message) -> Message {
    let mut reply = Message::response(query.metadata.id, OpCode::Query);
    reply.add_queries(query.queries.clone());
    reply.metadata.authoritative = true;
    if query.edns.is_some() {
        reply.set_edns(Edns::new());
    }
    reply
}

/// The root: whatever is asked, ask these servers of shop.test.
fn refers(net: u8, hosts: Vec<u8>) -> Script {
    Arc::new(move |query| {
        let mut reply = reply(query);
        reply.metadata.authoritative = false;
        for nth in &hosts {
            reply.add_authority(ns(*nth));
            reply.add_additional(host(net, *nth));
        }
        Some(reply)
    })
}

/// A zone with these servers and an SPF record for every name that asks for one.
fn zone(net: u8, hosts: Vec<u8>, spf: &'static str) -> Script {
    Arc::new(move |query| {
        let question = &query.queries[0];
        let mut reply = reply(query);
        let apex = question.name == name("shop.test.");
        match question.query_type {
            RecordType::SOA if apex => {
                reply.add_answer(soa());
            }
            RecordType::NS if apex => {
                reply.add_answers(hosts.iter().map(|nth| ns(*nth)));
            }
            RecordType::TXT => {
                let data = RData::TXT(TXT::new(vec![spf.to_owned()]));
                reply.add_answer(Record::from_rdata(question.name.clone(), 300, data));
            }
            RecordType::A => {
                let own = hosts.iter().map(|nth| host(net, *nth));
                reply.add_answers(own.filter(|record| record.name == question.name));
            }
            _ => {}
        }
        if reply.answers.is_empty() {
            reply.add_authority(soa());
        }
        Some(reply)
    })
}

async fn bound(net: u8, hosts: &[u8]) -> (u16, Vec<UdpSocket>) {
    for _ in 0..50 {
        let first = UdpSocket::bind(SocketAddr::from((at(net, hosts[0]), 0)))
            .await
            .unwrap();
        let port = first.local_addr().unwrap().port();
        let mut sockets = vec![first];
        for host in &hosts[1..] {
            sockets.extend(UdpSocket::bind(SocketAddr::from((at(net, *host), port))).await);
        }
        if sockets.len() == hosts.len() {
            return (port, sockets);
        }
    }
    panic!("no port is free on all addresses");
}

/// Checks shop.test with these servers, the root's first.
async fn checked(
    net: u8,
    scripts: Vec<(u8, Script)>,
    budgets: Budgets,
) -> (CheckRecord, Vec<LimitHit>, Duration) {
    let hosts: Vec<u8> = scripts.iter().map(|(host, _)| *host).collect();
    let (port, sockets) = bound(net, &hosts).await;
    let mut servers = JoinSet::new();
    for (socket, (_, script)) in sockets.into_iter().zip(scripts) {
        servers.spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                if let Some(reply) = script(&query) {
                    socket
                        .send_to(&reply.to_vec().unwrap(), from)
                        .await
                        .unwrap();
                }
            }
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let hints = folder.path().join("hints");
    std::fs::write(&hints, format!(". 300 NS ns.\nns. 300 A {}\n", at(net, 1))).unwrap();
    let plan = DnsCheckPlan {
        zone: Untrusted::from("shop.test."),
        name: None,
        samples: 2,
        trace: TraceOptions {
            root_hints: Some(hints),
            port,
            dnssec: false,
            ..TraceOptions::default()
        },
        dns: DnsOptions::default(),
        tcp: TcpOptions::default(),
        tls: TlsOptions::default(),
        budgets,
    };
    let (_interrupter, interrupt) = interrupter();
    let run = Run::start(&plan.budgets, &Silent, &interrupt);
    let began = Instant::now();
    let layers = check(&plan, &run).await.unwrap();
    let took = began.elapsed();
    let record = layers.dns_check.unwrap().record().unwrap().clone();
    let report = run.finish(
        &netwhy_report::Plan::DnsCheck(Box::new(plan.clone())),
        Layers::default(),
    );
    (record, report.limits_hit, took)
}

fn hasty() -> Budgets {
    Budgets {
        dns_timeout: Duration::from_millis(150),
        dns_tries: 1,
        ..Budgets::for_check()
    }
}

#[tokio::test]
async fn parent_and_zone_are_told_apart_and_every_address_is_asked() {
    let own = zone(1, vec![2, 4], "v=spf1 -all");
    let scripts = vec![
        (1, refers(1, vec![2, 3])),
        (2, own.clone()),
        (3, own.clone()),
        (4, own),
    ];
    let (record, limits, _) = checked(1, scripts, hasty()).await;
    let listed: Vec<_> = record
        .servers
        .iter()
        .map(|server| (server.name.escaped(), server.at_parent, server.at_zone))
        .collect();
    assert_eq!(
        listed,
        [
            ("ns2.shop.test.".to_owned(), true, true),
            ("ns3.shop.test.".to_owned(), true, false),
            ("ns4.shop.test.".to_owned(), false, true)
        ]
    );
    assert_eq!(record.addresses.len(), 3);
    for address in &record.addresses {
        assert!(address.serves(&record.zone), "{address:?}");
        for probe in [
            Probe::Plain,
            Probe::Version,
            Probe::UnknownOption,
            Probe::UnknownType,
            Probe::Random,
        ] {
            assert!(address.probe(&probe).is_some(), "{probe:?}");
        }
    }
    assert_eq!(limits, []);
}

#[tokio::test]
async fn an_spf_record_that_never_ends_is_left_at_the_limit() {
    // Every name brings in six more, each of them another name.
    let endless = "v=spf1 include:a.%{d} include:one.shop.test include:two.shop.test include:three.shop.test -all";
    let scripts = vec![(1, refers(2, vec![2])), (2, zone(2, vec![2], endless))];
    let budgets = Budgets {
        spf_records: 2,
        ..hasty()
    };
    let (record, limits, _) = checked(2, scripts, budgets).await;
    assert!(record.names_for(&Probe::Spf).count() <= 3);
    assert!(
        limits.iter().any(|hit| hit.limit == Limit::SpfRecords),
        "{limits:?}"
    );
}

#[tokio::test]
async fn the_budget_ends_the_questions_not_the_report() {
    let scripts = vec![
        (1, refers(3, vec![2])),
        (2, zone(3, vec![2], "v=spf1 -all")),
    ];
    let budgets = Budgets {
        check_queries: 12,
        ..hasty()
    };
    let (record, limits, _) = checked(3, scripts, budgets).await;
    assert!(record.queries <= 12, "{}", record.queries);
    assert!(record.addresses[0].serves(&record.zone));
    assert!(
        limits.iter().any(|hit| hit.limit == Limit::CheckQueries),
        "{limits:?}"
    );
}

#[tokio::test]
async fn silent_servers_cost_their_timeouts_side_by_side_and_nothing_more() {
    let silent: Script = Arc::new(|_| None);
    let hosts: Vec<u8> = (2..12).collect();
    let mut scripts = vec![(1, refers(4, hosts.clone()))];
    scripts.extend(hosts.iter().map(|host| (*host, silent.clone())));
    let (record, _, took) = checked(4, scripts, hasty()).await;
    assert_eq!(record.addresses.len(), 10);
    assert!(
        record
            .addresses
            .iter()
            .all(|address| address.probes.len() == 3)
    );
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn the_deadline_ends_a_check_with_what_it_has() {
    let silent: Script = Arc::new(|_| None);
    let scripts = vec![(1, refers(5, vec![2])), (2, silent)];
    let budgets = Budgets {
        deadline: Duration::from_millis(300),
        dns_timeout: Duration::from_secs(5),
        ..Budgets::for_check()
    };
    let (record, _, took) = checked(5, scripts, budgets).await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    let steps = record.addresses.iter().flat_map(|address| &address.probes);
    for probe in steps {
        assert!(!matches!(
            probe.exchange.step.outcome,
            Outcome::Completed { .. }
        ));
    }
}

#[tokio::test]
async fn a_zone_that_does_not_exist_is_asked_nothing() {
    let root: Script = Arc::new(|query| {
        let mut reply = reply(query);
        reply.metadata.response_code = ResponseCode::NXDomain;
        reply.add_authority(Record::from_rdata(Name::root(), 300, soa().data));
        Some(reply)
    });
    let (record, _, _) = checked(6, vec![(1, root)], hasty()).await;
    assert_eq!(record.delegated_by, DelegatedBy::Nobody);
    assert!(
        record.addresses.is_empty() && record.queries < 10,
        "{record:?}"
    );
}
