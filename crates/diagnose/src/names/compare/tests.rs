//! Comparisons against servers that answer by script, on loopback addresses of their own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, OpCode, ResponseCode};
use hickory_proto::rr::rdata::opt::{ClientSubnet, EdnsCode, EdnsOption};
use hickory_proto::rr::rdata::{A, CNAME, NS, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use netwhy_report::Budgets;
use netwhy_report::dns::compare::CompareProbe;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::*;
use crate::{Silent, interrupter};

/// A query that arrived.
struct Asked {
    message: Message,
    nth: u32,
    since: Duration,
}

impl Asked {
    fn is(&self, name: &str, record_type: RecordType) -> bool {
        let query = &self.message.queries[0];
        query.name == self::name(name) && query.query_type == record_type
    }

    fn reply(&self, authoritative: bool, answer: Vec<Record>) -> Message {
        let mut reply = Message::response(self.message.metadata.id, OpCode::Query);
        reply.add_queries(self.message.queries.clone());
        reply.metadata.authoritative = authoritative;
        reply.metadata.recursion_desired = self.message.metadata.recursion_desired;
        reply.add_answers(answer);
        reply
    }

    fn missing(&self, ttl: u32) -> Message {
        let mut reply = self.reply(false, Vec::new());
        reply.metadata.response_code = ResponseCode::NXDomain;
        reply.add_authority(soa(1, ttl));
        reply
    }

    fn subnet(&self) -> Option<ClientSubnet> {
        match self.message.edns.as_ref()?.option(EdnsCode::Subnet)? {
            EdnsOption::Subnet(subnet) => Some(*subnet),
            _ => None,
        }
    }
}

type Script = Arc<dyn Fn(&Asked) -> Message + Send + Sync>;

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn address(owner: &str, ttl: u32, last: u8) -> Record {
    let address = Ipv4Addr::new(203, 0, 113, last);
    Record::from_rdata(name(owner), ttl, RData::A(A(address)))
}

fn soa(serial: u32, ttl: u32) -> Record {
    let soa = SOA::new(
        name("ns1.shop.test."),
        name("admin.shop.test."),
        serial,
        3600,
        600,
        86_400,
        900,
    );
    Record::from_rdata(name("shop.test."), ttl, RData::SOA(soa))
}

/// The resolver's part that is the same everywhere: zone, servers, their addresses.
fn delegation(asked: &Asked, net: u8) -> Option<Message> {
    let host = |nth: u8| {
        let owner = name(&format!("ns{nth}.shop.test."));
        Record::from_rdata(owner, 300, RData::A(A(Ipv4Addr::new(127, 61, net, nth))))
    };
    let ns = |nth: u8| {
        let target = name(&format!("ns{nth}.shop.test."));
        Record::from_rdata(name("shop.test."), 300, RData::NS(NS(target)))
    };
    match &asked.message.queries[0] {
        query if query.query_type == RecordType::SOA && query.name == name("shop.test.") => {
            Some(asked.reply(false, vec![soa(7, 300)]))
        }
        query if query.query_type == RecordType::SOA => {
            let mut reply = asked.reply(false, Vec::new());
            reply.add_authority(soa(7, 300));
            Some(reply)
        }
        query if query.query_type == RecordType::NS => Some(asked.reply(false, vec![ns(1), ns(2)])),
        query if query.name == name("ns1.shop.test.") && query.query_type == RecordType::A => {
            Some(asked.reply(false, vec![host(1)]))
        }
        query if query.name == name("ns2.shop.test.") && query.query_type == RecordType::A => {
            Some(asked.reply(false, vec![host(2)]))
        }
        query if query.name != name("www.shop.test.") && query.query_type == RecordType::AAAA => {
            Some(asked.reply(false, Vec::new()))
        }
        _ => None,
    }
}

/// An authority with this serial, and this answer to everything else.
fn authority(
    serial: u32,
    answer: impl Fn(&Asked) -> Vec<Record> + Send + Sync + 'static,
) -> Script {
    Arc::new(move |asked| match asked.is("shop.test.", RecordType::SOA) {
        true => asked.reply(true, vec![soa(serial, 300)]),
        false => asked.reply(true, answer(asked)),
    })
}

/// A resolver with this answer to what is not about the delegation.
fn resolver(net: u8, answer: impl Fn(&Asked) -> Message + Send + Sync + 'static) -> Script {
    Arc::new(move |asked| delegation(asked, net).unwrap_or_else(|| answer(asked)))
}

async fn bound(net: u8, hosts: &[u8]) -> (u16, Vec<UdpSocket>) {
    for _ in 0..50 {
        let first = UdpSocket::bind(SocketAddr::from(([127, 61, net, hosts[0]], 0)))
            .await
            .unwrap();
        let port = first.local_addr().unwrap().port();
        let mut sockets = vec![first];
        for host in &hosts[1..] {
            let at = SocketAddr::from(([127, 61, net, *host], port));
            sockets.extend(UdpSocket::bind(at).await);
        }
        if sockets.len() == hosts.len() {
            return (port, sockets);
        }
    }
    panic!("no port is free on all addresses");
}

/// Compares www.shop.test A with a resolver at .53 and authorities at .1 and .2 of a network.
async fn compared(net: u8, resolver: Script, authorities: [Script; 2]) -> CompareRecord {
    let (port, sockets) = bound(net, &[53, 1, 2]).await;
    let [one, two] = authorities;
    let mut servers = JoinSet::new();
    let began = Instant::now();
    for (socket, script) in sockets.into_iter().zip([resolver, one, two]) {
        servers.spawn(async move {
            let mut buffer = [0; 4096];
            let mut nth = 0;
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let message = Message::from_vec(&buffer[..length]).unwrap();
                let asked = Asked {
                    message,
                    nth,
                    since: began.elapsed(),
                };
                nth += 1;
                let reply = script(&asked).to_vec().unwrap();
                socket.send_to(&reply, from).await.unwrap();
            }
        });
    }
    let budgets = Budgets::default();
    let (_interrupter, interrupt) = interrupter();
    let run = Run::start(&budgets, &Silent, &interrupt);
    let settings = Settings {
        name: "www.shop.test.".to_owned(),
        record_type: "A".to_owned(),
        samples: 3,
        subnets: DnsComparePlan::far_apart(),
        port,
        tcp: TcpOptions::default(),
        walk: None,
    };
    let at = SocketAddr::new(IpAddr::from([127, 61, net, 53]), port);
    side_by_side(&settings, &[Place::plain(CompareRole::System, at)], &run).await
}

fn left(asked: &Asked, ttl: u32) -> u32 {
    ttl - u32::try_from(asked.since.as_secs()).unwrap()
}

fn www(asked: &Asked, ttl: u32, last: u8) -> Message {
    asked.reply(false, vec![address("www.shop.test.", ttl, last)])
}

fn steady(last: u8) -> impl Fn(&Asked) -> Vec<Record> + Send + Sync + 'static {
    move |_| vec![address("www.shop.test.", 300, last)]
}

fn ttls(server: &ComparedServer) -> Vec<u32> {
    server
        .probes_for(&ProbePurpose::Sample)
        .map(|probe| probe.exchange.reply().unwrap().answer[0].ttl)
        .collect()
}

fn serials(server: &ComparedServer) -> Vec<u32> {
    server
        .probes_for(&ProbePurpose::Serial)
        .map(|probe| probe.soa().unwrap().1.serial)
        .collect()
}

#[tokio::test]
async fn an_old_copy_is_watched_until_its_ttl_is_seen_to_fall() {
    let old = resolver(1, |asked| www(asked, left(asked, 200), 9));
    let record = compared(1, old, [authority(7, steady(1)), authority(7, steady(1))]).await;
    assert!(record.repeated);
    let ttls = ttls(&record.resolvers[0]);
    assert_eq!(ttls.len(), 6, "three samples, and three after a pause");
    assert!(ttls[5] + 2 <= ttls[0], "{ttls:?}");
    let first = &record.resolvers[0].probes[0];
    assert_eq!(first.purpose, ProbePurpose::Cached);
    let recursion = |probe: &CompareProbe| probe.exchange.reply().unwrap().flags.recursion_desired;
    assert!(!recursion(first) && recursion(&record.resolvers[0].probes[1]));
    let [link] = record.links.as_slice() else {
        panic!("one link: {:?}", record.links);
    };
    assert_eq!(link.zone, Some(Untrusted::from("shop.test.")));
    assert_eq!(link.authorities.len(), 2);
    assert_eq!(serials(&link.authorities[0]), [7; 6]);
    assert!(record.has_authority() && !record.discovery.is_empty());
}

#[tokio::test]
async fn where_all_agree_nobody_is_asked_twice() {
    let current = resolver(2, |asked| www(asked, 300, 1));
    let record = compared(
        2,
        current,
        [authority(7, steady(1)), authority(7, steady(1))],
    )
    .await;
    assert!(!record.repeated);
    assert_eq!(ttls(&record.resolvers[0]).len(), 3);
    assert_eq!(serials(&record.links[0].authorities[1]), [7; 3]);
}

#[tokio::test]
async fn a_remembered_no_is_kept_with_its_soa() {
    let no = resolver(3, |asked| asked.missing(left(asked, 500)));
    let record = compared(3, no, [authority(7, steady(1)), authority(7, steady(1))]).await;
    let probe = record.resolvers[0]
        .probes_for(&ProbePurpose::Sample)
        .last()
        .unwrap();
    let name = Untrusted::from("www.shop.test.");
    assert_eq!(
        record.resolvers[0].said(probe, &name, "A"),
        Some(AnswerSet::NameMissing)
    );
    let (soa, _) = probe.soa().unwrap();
    assert!(soa.ttl <= 498, "{}", soa.ttl);
}

#[tokio::test]
async fn a_lagging_authority_shows_its_serial_and_its_data() {
    let current = resolver(4, |asked| www(asked, 300, 1));
    let record = compared(
        4,
        current,
        [authority(7, steady(1)), authority(6, steady(9))],
    )
    .await;
    assert!(record.repeated);
    let authorities = &record.links[0].authorities;
    let told: Vec<u32> = authorities.iter().map(|one| serials(one)[0]).collect();
    assert_eq!(told, [7, 6]);
    assert_eq!(sets(authorities, &record.links[0].name, "A").len(), 2);
}

#[tokio::test]
async fn a_pool_shows_its_members_and_a_client_subnet_its_scope() {
    let pool = |asked: &Asked| {
        let turn = u8::try_from(asked.nth % 5).unwrap();
        vec![address("www.shop.test.", 30, 100 + turn)]
    };
    let near: Script = Arc::new(|asked| {
        if asked.is("shop.test.", RecordType::SOA) {
            return asked.reply(true, vec![soa(7, 300)]);
        }
        let Some(subnet) = asked.subnet() else {
            return asked.reply(true, vec![address("www.shop.test.", 30, 1)]);
        };
        let IpAddr::V4(client) = subnet.addr() else {
            panic!("an IPv4 network was asked for");
        };
        let mut reply = asked.reply(
            true,
            vec![address("www.shop.test.", 30, client.octets()[0])],
        );
        let mut edns = Edns::new();
        let echoed = ClientSubnet::new(subnet.addr(), subnet.source_prefix(), 24);
        edns.options_mut().insert(EdnsOption::Subnet(echoed));
        reply.set_edns(edns);
        reply
    });
    let current = resolver(5, |asked| www(asked, 30, 1));
    let record = compared(5, current, [authority(7, pool), near]).await;
    let [pooled, scoped] = record.links[0].authorities.as_slice() else {
        panic!("two authorities");
    };
    assert!(sets(std::slice::from_ref(pooled), &record.links[0].name, "A").len() > 1);
    let scopes: Vec<Option<u8>> = scoped.subnets().map(CompareProbe::scope).collect();
    assert_eq!(scopes, [Some(24); 3]);
    let name = &record.links[0].name;
    let near: Vec<AnswerSet> = scoped
        .subnets()
        .filter_map(|probe| scoped.said(probe, name, "A"))
        .collect();
    assert!(near[0] != near[1] && near[1] != near[2], "{near:?}");
}

#[tokio::test]
async fn every_link_of_a_chain_is_asked_at_its_own_zone_and_a_loop_ends() {
    let link = |owner: &str, target: &str| {
        Record::from_rdata(name(owner), 300, RData::CNAME(CNAME(name(target))))
    };
    let chain = move |asked: &Asked| match asked.is("www.shop.test.", RecordType::A) {
        true => vec![link("www.shop.test.", "edge.shop.test.")],
        false => vec![link("edge.shop.test.", "www.shop.test.")],
    };
    let both = resolver(6, move |asked| {
        asked.reply(
            false,
            vec![
                link("www.shop.test.", "edge.shop.test."),
                link("edge.shop.test.", "www.shop.test."),
            ],
        )
    });
    let record = compared(6, both, [authority(7, chain), authority(7, chain)]).await;
    let names: Vec<String> = record
        .links
        .iter()
        .map(|link| link.name.escaped())
        .collect();
    assert_eq!(names, ["www.shop.test.", "edge.shop.test."]);
}
