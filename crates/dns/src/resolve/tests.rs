//! Several servers at once: who decides when the walk goes on, and what the record holds in the end.

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;

use super::*;
use crate::exchange::ExchangeOptions;
use crate::fake_server::{Arrived, FakeServer, address, after, at_once, quick, timeline};

const NAME: &str = "www.shop.test";
const V4: &str = "192.0.2.1";
const V6: &str = "2001:db8::1";

fn options() -> ResolveOptions {
    ResolveOptions {
        ask: AskOptions {
            exchange: ExchangeOptions {
                timeout: Duration::from_millis(1_500),
                tries: 1,
                ..quick().exchange
            },
            ..quick()
        },
        addresses: 32,
    }
}

fn both_types(arrived: &Arrived) -> hickory_proto::op::Message {
    let data = if arrived.wants(RecordType::A) { V4 } else { V6 };
    arrived.answer(vec![address("www.shop.test.", 60, data)])
}

async fn good() -> FakeServer {
    FakeServer::start(|arrived| at_once(&both_types(arrived))).await
}

async fn silent() -> FakeServer {
    FakeServer::start(|_| Vec::new()).await
}

async fn negative(delay: u64, code: ResponseCode) -> FakeServer {
    FakeServer::start(move |arrived| after(delay, &arrived.reply(code))).await
}

fn found(step: &Step<Vec<ResolvedAddress>>) -> Vec<String> {
    let addresses = step.value().into_iter().flatten();
    addresses
        .map(|resolved| resolved.address.to_string())
        .collect()
}

#[tokio::test]
async fn both_types_of_one_server_make_the_resolution() {
    let server = good().await;
    let record = resolve(
        "www.shop.test.",
        &[server.address],
        None,
        &options(),
        &timeline(),
    )
    .await;
    assert_eq!(record.name, NAME);
    assert_eq!(found(&record.resolution), [V6, V4]);
    let first = &record.resolution.value().unwrap()[0];
    assert_eq!(first.ttl, Some(60));
    assert_eq!(
        first.source,
        AddressSource::Server {
            server: server.address
        }
    );
    assert_eq!(record.queries.len(), 2);
    assert_eq!(record.answers().count(), 2);
}

#[tokio::test]
async fn a_dead_server_does_not_delay_the_first_addresses() {
    let (dead, live) = (silent().await, good().await);
    let servers = [dead.address, live.address];
    let mut resolution = start(NAME, &servers, None, &options(), &timeline());
    let step = resolution.first_addresses().await;
    assert_eq!(found(&step), [V6, V4]);
    assert!(step.duration.unwrap() < Duration::from_secs(1), "{step:?}");

    let early = resolution.snapshot();
    let dead_query = &early.queries[0];
    assert_eq!(dead_query.server, dead.address);
    assert_eq!(
        dead_query.step.skip_reason(),
        Some(&SkipReason::Interrupted)
    );

    let record = resolution.finish().await;
    assert_eq!(record.resolution, step);
    assert!(matches!(
        record.queries[0].step.failure(),
        Some(Failure::TimedOut { .. })
    ));
    assert!(record.server_answered(live.address) && !record.server_answered(dead.address));
}

#[tokio::test]
async fn one_type_waits_only_briefly_for_the_other() {
    let server = FakeServer::start(|arrived| {
        if arrived.wants(RecordType::A) {
            at_once(&both_types(arrived))
        } else {
            Vec::new()
        }
    })
    .await;
    let mut resolution = start(NAME, &[server.address], None, &options(), &timeline());
    let step = resolution.first_addresses().await;
    assert_eq!(found(&step), [V4]);
    let took = step.duration.unwrap();
    assert!(took >= RESOLUTION_DELAY, "{took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_type_that_failed_is_not_waited_for() {
    let server = "192.0.2.53:53".parse().unwrap();
    let ms = Duration::from_millis;
    let asked = |record_type, step| Asked {
        server,
        record_type,
        ended: Some(DnsQuery {
            server,
            record_type,
            tries: Vec::new(),
            step,
        }),
    };
    let answer = DnsAnswer {
        rcode: rcode::NOERROR,
        rcode_name: "NOERROR".to_owned(),
        authoritative: false,
        truncated: false,
        authentic: false,
        addresses: vec![V4.parse().unwrap()],
        ttl: Some(60),
        cnames: Vec::new(),
        cname_loop: false,
        extended_errors: Vec::new(),
        negative_zone: None,
        size: 47,
    };
    let refused = Failure::Refused { icmp: None };
    let pair = [
        asked(AddressType::A, Step::completed(ms(0), ms(10), answer)),
        asked(AddressType::Aaaa, Step::failed(ms(0), ms(12), refused)),
    ];
    assert!(matches!(standing(&pair), Standing::Addresses { ready } if ready == ms(12)));
    let [answered, mut open] = pair;
    open.ended = None;
    let ready_alone = ms(10) + RESOLUTION_DELAY;
    assert!(
        matches!(standing(&[answered, open]), Standing::Addresses { ready } if ready == ready_alone)
    );
}

#[tokio::test]
async fn one_servers_no_waits_for_anothers_yes() {
    let denying = negative(0, ResponseCode::NXDomain).await;
    let slower = FakeServer::start(|arrived| after(300, &both_types(arrived))).await;
    let servers = [denying.address, slower.address];
    let record = resolve(NAME, &servers, None, &options(), &timeline()).await;
    assert_eq!(found(&record.resolution), [V6, V4]);
}

#[tokio::test]
async fn a_complete_no_ends_the_wait_a_second_later() {
    let denying = negative(0, ResponseCode::NXDomain).await;
    let dead = silent().await;
    let servers = [denying.address, dead.address];
    let mut patient = options();
    patient.ask.exchange.timeout = Duration::from_secs(4);
    let mut resolution = start(NAME, &servers, None, &patient, &timeline());
    let step = resolution.first_addresses().await;
    assert_eq!(step.failure(), Some(&Failure::NoAddress));
    let took = step.duration.unwrap();
    assert!(took >= NEGATIVE_DELAY, "{took:?}");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test]
async fn a_server_failure_never_ends_the_wait_for_others() {
    let failing = negative(0, ResponseCode::ServFail).await;
    let slower = FakeServer::start(|arrived| after(1_300, &both_types(arrived))).await;
    let servers = [failing.address, slower.address];
    let mut patient = options();
    patient.ask.exchange.timeout = Duration::from_secs(4);
    let record = resolve(NAME, &servers, None, &patient, &timeline()).await;
    assert_eq!(found(&record.resolution), [V6, V4]);
}

#[tokio::test]
async fn answers_without_addresses_outweigh_silence() {
    for code in [
        ResponseCode::NXDomain,
        ResponseCode::NoError,
        ResponseCode::ServFail,
        ResponseCode::Refused,
    ] {
        let (answering, dead) = (negative(0, code).await, silent().await);
        let mut quicker = options();
        quicker.ask.exchange.timeout = Duration::from_millis(100);
        let servers = [dead.address, answering.address];
        let record = resolve(NAME, &servers, None, &quicker, &timeline()).await;
        assert_eq!(
            record.resolution.failure(),
            Some(&Failure::NoAddress),
            "{code:?}"
        );
    }
}

#[tokio::test]
async fn without_any_answer_a_timeout_outweighs_a_refusal() {
    let vacant = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = vacant.local_addr().unwrap();
    drop(vacant);
    let mut quicker = options();
    quicker.ask.exchange.timeout = Duration::from_millis(100);
    let dead = silent().await;
    let record = resolve(NAME, &[closed, dead.address], None, &quicker, &timeline()).await;
    assert!(
        matches!(record.resolution.failure(), Some(Failure::TimedOut { .. })),
        "{:?}",
        record.resolution
    );
    let record = resolve(NAME, &[closed], None, &quicker, &timeline()).await;
    assert_eq!(
        record.resolution.failure(),
        Some(&Failure::Refused { icmp: None })
    );
}

#[tokio::test]
async fn the_hosts_file_decides_at_once_and_dns_is_compared() {
    let server = FakeServer::start(|arrived| after(600, &both_types(arrived))).await;
    let entry = HostsEntry {
        line: 3,
        address: "127.0.0.9".parse().unwrap(),
    };
    let hosts = Some(vec![entry.clone(), entry]);
    let mut resolution = start(NAME, &[server.address], hosts, &options(), &timeline());
    let step = resolution.first_addresses().await;
    assert_eq!(found(&step), ["127.0.0.9"]);
    assert!(step.duration.unwrap() < Duration::from_secs(1), "{step:?}");
    let record = resolution.finish().await;
    assert!(record.from_hosts());
    assert_eq!(record.answers().count(), 2);
}

#[tokio::test]
async fn addresses_are_capped_and_servers_asked_once() {
    let server = FakeServer::start(|arrived| {
        let records = (0..40).map(|last| {
            let v4 = format!("192.0.2.{last}");
            let v6 = format!("2001:db8::{last}");
            let data = if arrived.wants(RecordType::A) {
                &v4
            } else {
                &v6
            };
            address("www.shop.test.", 60, data)
        });
        at_once(&arrived.answer(records.collect()))
    })
    .await;
    let capped = ResolveOptions {
        addresses: 5,
        ..options()
    };
    let servers = [server.address, server.address];
    let record = resolve(NAME, &servers, None, &capped, &timeline()).await;
    assert_eq!(record.resolution.value().unwrap().len(), 5);
    assert_eq!(record.queries.len(), 2);
    assert_eq!(record.queries[0].step.value().unwrap().addresses.len(), 40);
    assert_eq!(server.queries(), 2);
}

#[tokio::test]
async fn an_interrupted_wait_can_be_taken_up_again() {
    let server = FakeServer::start(|arrived| after(120, &both_types(arrived))).await;
    let mut resolution = start(NAME, &[server.address], None, &options(), &timeline());
    let short = Duration::from_millis(10);
    let cancelled = tokio::time::timeout(short, resolution.first_addresses()).await;
    assert!(cancelled.is_err());
    let partial = resolution.snapshot();
    assert_eq!(
        partial.resolution.skip_reason(),
        Some(&SkipReason::Interrupted)
    );
    assert_eq!(found(&resolution.first_addresses().await), [V6, V4]);
}

#[tokio::test]
async fn without_servers_there_is_no_address() {
    let record = resolve(NAME, &[], None, &options(), &timeline()).await;
    assert_eq!(record.resolution.failure(), Some(&Failure::NoAddress));
    assert_eq!(record.queries, []);
}
