//! A scripted internet: what each server says is a function of its zone and the name asked for.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, Metadata, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use netwhy_report::SkipReason;
use netwhy_report::dns::TraceRecord;
use netwhy_report::dns::trace::StepPurpose;
use netwhy_report::plan::DnsQueryOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::exchange::ExchangeOptions;
use crate::fake_server::{address, cname, name, soa, timeline};
use crate::query::question;
use crate::trace::{RootHints, TraceLimits, TraceSettings, trace};

/// What a server says.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) message: Message,
    cut: bool,
    plain: bool,
}

impl Reply {
    fn new(code: ResponseCode) -> Self {
        let mut message = Message::query();
        message.metadata.response_code = code;
        message.metadata.authoritative = true;
        Self {
            message,
            cut: false,
            plain: false,
        }
    }

    pub(super) fn code(code: ResponseCode) -> Self {
        let mut reply = Self::new(code);
        if code == ResponseCode::NXDomain {
            reply.message.add_authority(soa("test.", 60, 60));
        }
        reply
    }

    pub(super) fn address(owner: &str, last: u8) -> Self {
        Self::with(address(owner, 60, &format!("192.0.2.{last}")))
    }

    /// The address of one of the scripted servers.
    pub(super) fn server(owner: &str, last: u8) -> Self {
        Self::with(address(owner, 60, &server_address(last).to_string()))
    }

    pub(super) fn alias(owner: &str, target: &str) -> Self {
        Self::with(cname(owner, 60, target))
    }

    fn with(record: Record) -> Self {
        let mut reply = Self::new(ResponseCode::NoError);
        reply.message.add_answer(record);
        reply
    }

    pub(super) fn and(mut self, record: Record) -> Self {
        self.message.add_answer(record);
        self
    }

    /// To `child`, whose servers are these, with glue where an address is given.
    pub(super) fn referral(child: &str, servers: &[(&str, Option<u8>)]) -> Self {
        let mut reply = Self::new(ResponseCode::NoError).without_authority();
        for (server, last) in servers {
            let data = RData::NS(NS(name(server)));
            reply
                .message
                .add_authority(Record::from_rdata(name(child), 60, data));
            if let Some(last) = last {
                let glue = address(server, 60, &server_address(*last).to_string());
                reply.message.add_additional(glue);
            }
        }
        reply
    }

    pub(super) fn without_authority(mut self) -> Self {
        self.message.metadata.authoritative = false;
        self
    }

    pub(super) fn cut_over_udp(mut self) -> Self {
        self.cut = true;
        self
    }

    pub(super) fn rejecting_edns(mut self) -> Self {
        self.plain = true;
        self
    }

    fn to(&self, query: &Message, over_udp: bool) -> Vec<u8> {
        let mut reply = self.message.clone();
        let (code, authoritative) = (reply.metadata.response_code, reply.metadata.authoritative);
        reply.metadata = Metadata::response_from_request(&query.metadata);
        reply.metadata.response_code = code;
        reply.metadata.authoritative = authoritative;
        reply.add_queries(query.queries.clone());
        if self.plain && query.edns.is_some() {
            reply.metadata.response_code = ResponseCode::FormErr;
            reply.answers.clear();
        }
        if self.cut && over_udp {
            reply.metadata.truncation = true;
            reply.authorities.clear();
            reply.additionals.clear();
        }
        reply.to_vec().unwrap()
    }
}

type Script = Arc<dyn Fn(&str, &str) -> Reply + Send + Sync>;

/// Running servers; they end when dropped.
pub(super) struct World {
    port: u16,
    tasks: Mutex<JoinSet<()>>,
}

fn server_address(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 60, 0, last)
}

impl World {
    /// Servers at 127.60.0.LAST, each with the zone that the script is told.
    pub(super) async fn start(
        servers: &[(u8, &'static str)],
        script: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let script: Script = Arc::new(script);
        for _ in 0..50 {
            let Some((port, sockets)) = sockets(servers).await else {
                continue;
            };
            let mut tasks = JoinSet::new();
            for (zone, udp, tcp) in sockets {
                tasks.spawn(over_udp(udp, zone, Arc::clone(&script)));
                tasks.spawn(over_tcp(tcp, zone, Arc::clone(&script)));
            }
            let tasks = Mutex::new(tasks);
            return Self { port, tasks };
        }
        panic!("no port is free on every address");
    }

    /// A server that takes queries and says nothing.
    pub(super) async fn silence(&self, last: u8) {
        let socket = UdpSocket::bind(SocketAddr::new(server_address(last).into(), self.port));
        let socket = socket.await.unwrap();
        self.tasks.lock().await.spawn(async move {
            let mut buffer = [0; 512];
            while socket.recv_from(&mut buffer).await.is_ok() {}
        });
    }

    pub(super) async fn trace(&self, name: &str) -> TraceRecord {
        self.trace_with(name, |_| {}).await
    }

    pub(super) async fn trace_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut TraceSettings),
    ) -> TraceRecord {
        let mut settings = self.settings();
        change(&mut settings);
        let query = question(name, "A", "IN").unwrap();
        let never = Box::pin(std::future::pending::<SkipReason>());
        trace(&query, &settings, &timeline(), never).await
    }

    pub(super) fn settings(&self) -> TraceSettings {
        TraceSettings {
            hints: RootHints {
                servers: vec![(
                    Name::from_ascii("ns.root.").unwrap(),
                    vec![IpAddr::V4(server_address(1))],
                )],
            },
            dnssec: false,
            anchors: None,
            now: "2026-11-24T00:00:00Z".parse().unwrap(),
            port: self.port,
            minimise: false,
            family: None,
            exchange: ExchangeOptions {
                timeout: Duration::from_millis(300),
                tries: 2,
                source: None,
                query: DnsQueryOptions::default(),
                plain_after_rejection: true,
            },
            limits: TraceLimits {
                queries: 100,
                delegations: 16,
                glueless: 5,
                aliases: 11,
            },
        }
    }
}

type Sockets = Vec<(&'static str, UdpSocket, TcpListener)>;

async fn sockets(servers: &[(u8, &'static str)]) -> Option<(u16, Sockets)> {
    let first = UdpSocket::bind(SocketAddr::new(server_address(250).into(), 0))
        .await
        .ok()?;
    let port = first.local_addr().ok()?.port();
    let mut bound = Vec::new();
    for (last, zone) in servers {
        let address = SocketAddr::new(server_address(*last).into(), port);
        let udp = UdpSocket::bind(address).await.ok()?;
        bound.push((*zone, udp, TcpListener::bind(address).await.ok()?));
    }
    Some((port, bound))
}

fn answer(zone: &str, script: &Script, query: &[u8], over_udp: bool) -> Vec<u8> {
    let query = Message::from_vec(query).unwrap();
    let asked = &query.queries[0];
    if asked.query_type == RecordType::DNSKEY {
        let mut none = Reply::new(ResponseCode::NoError);
        none.message
            .add_authority(soa(&asked.name.to_ascii(), 60, 60));
        return none.to(&query, over_udp);
    }
    script(zone, &asked.name.to_ascii().to_lowercase()).to(&query, over_udp)
}

async fn over_udp(socket: UdpSocket, zone: &'static str, script: Script) {
    let mut buffer = [0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        let reply = answer(zone, &script, &buffer[..length], true);
        socket.send_to(&reply, peer).await.ok();
    }
}

async fn over_tcp(listener: TcpListener, zone: &'static str, script: Script) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let Ok(length) = stream.read_u16().await else {
            continue;
        };
        let mut query = vec![0; usize::from(length)];
        if stream.read_exact(&mut query).await.is_err() {
            continue;
        }
        let reply = answer(zone, &script, &query, false);
        stream
            .write_u16(u16::try_from(reply.len()).unwrap())
            .await
            .ok();
        stream.write_all(&reply).await.ok();
    }
}

/// The zones of the steps towards the answer.
pub(super) fn labels(record: &TraceRecord) -> Vec<String> {
    let steps = record
        .steps
        .iter()
        .filter(|step| step.purpose == StepPurpose::Answer);
    steps.map(|step| step.zone.escaped()).collect()
}
