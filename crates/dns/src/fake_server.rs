//! A DNS server for tests: UDP and TCP on one loopback port, answering whatever the test's closure says.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, Metadata, ResponseCode};
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use netwhy_report::Timeline;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use netwhy_report::plan::DnsQueryOptions;

use crate::ask::AskOptions;
use crate::exchange::ExchangeOptions;

/// A query that arrived.
pub(crate) struct Arrived {
    pub(crate) message: Message,
    pub(crate) over_tcp: bool,
    /// How many came before it.
    pub(crate) nth: usize,
}

impl Arrived {
    pub(crate) fn wants(&self, record_type: RecordType) -> bool {
        self.message.queries[0].query_type == record_type
    }

    /// A reply with this code and nothing in it.
    pub(crate) fn reply(&self, code: ResponseCode) -> Message {
        let mut reply = self.message.clone().into_response();
        reply.metadata = Metadata::response_from_request(&self.message.metadata);
        reply.metadata.response_code = code;
        reply.edns = None;
        reply
    }

    /// A reply with these records.
    pub(crate) fn answer(&self, records: Vec<Record>) -> Message {
        let mut reply = self.reply(ResponseCode::NoError);
        reply.add_answers(records);
        reply
    }
}

/// Messages to send, each after a delay.
pub(crate) type Script = Vec<(Duration, Vec<u8>)>;

/// Sends this reply at once.
pub(crate) fn at_once(reply: &Message) -> Script {
    after(0, reply)
}

/// Sends this reply after some milliseconds.
pub(crate) fn after(milliseconds: u64, reply: &Message) -> Script {
    vec![(Duration::from_millis(milliseconds), reply.to_vec().unwrap())]
}

/// A running server; it ends when dropped.
pub(crate) struct FakeServer {
    pub(crate) address: SocketAddr,
    arrived: Arc<AtomicUsize>,
    with_edns: Arc<Mutex<Vec<bool>>>,
    _tasks: JoinSet<()>,
}

type Handler = Arc<dyn Fn(&Arrived) -> Script + Send + Sync>;

impl FakeServer {
    pub(crate) async fn start(
        handler: impl Fn(&Arrived) -> Script + Send + Sync + 'static,
    ) -> Self {
        let (udp, tcp) = both_transports().await;
        let address = udp.local_addr().unwrap();
        let arrived = Arc::new(AtomicUsize::new(0));
        let with_edns = Arc::new(Mutex::new(Vec::new()));
        let handler: Handler = Arc::new(handler);
        let (count, edns) = (Arc::clone(&arrived), Arc::clone(&with_edns));
        let script = Arc::new(move |bytes: &[u8], over_tcp| {
            let message = Message::from_vec(bytes).unwrap();
            edns.lock().unwrap().push(message.edns.is_some());
            handler(&Arrived {
                message,
                over_tcp,
                nth: count.fetch_add(1, Ordering::SeqCst),
            })
        });
        let mut tasks = JoinSet::new();
        let for_udp = Arc::clone(&script);
        tasks.spawn(async move {
            let udp = Arc::new(udp);
            let mut buffer = vec![0; 4096];
            while let Ok((length, peer)) = udp.recv_from(&mut buffer).await {
                for (delay, bytes) in for_udp(&buffer[..length], false) {
                    let udp = Arc::clone(&udp);
                    tokio::spawn(async move {
                        tokio::time::sleep(delay).await;
                        udp.send_to(&bytes, peer).await.unwrap();
                    });
                }
            }
        });
        tasks.spawn(async move {
            while let Ok((stream, _)) = tcp.accept().await {
                serve_stream(stream, |bytes| script(bytes, true)).await;
            }
        });
        Self {
            address,
            arrived,
            with_edns,
            _tasks: tasks,
        }
    }

    /// How many queries arrived.
    pub(crate) fn queries(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }

    /// Of each query, whether it had EDNS.
    pub(crate) fn with_edns(&self) -> Vec<bool> {
        self.with_edns.lock().unwrap().clone()
    }
}

async fn serve_stream(mut stream: TcpStream, script: impl Fn(&[u8]) -> Script) {
    let length = stream.read_u16().await.unwrap();
    let mut query = vec![0; usize::from(length)];
    stream.read_exact(&mut query).await.unwrap();
    for (delay, bytes) in script(&query) {
        tokio::time::sleep(delay).await;
        let length = u16::try_from(bytes.len()).unwrap();
        stream.write_u16(length).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
    }
}

async fn both_transports() -> (UdpSocket, TcpListener) {
    for _ in 0..50 {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
    panic!("no port is free for both transports");
}

pub(crate) fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

pub(crate) fn address(owner: &str, ttl: u32, address: &str) -> Record {
    let data = match address.parse().unwrap() {
        IpAddr::V4(address) => RData::A(A(address)),
        IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    };
    Record::from_rdata(name(owner), ttl, data)
}

pub(crate) fn cname(owner: &str, ttl: u32, target: &str) -> Record {
    Record::from_rdata(name(owner), ttl, RData::CNAME(CNAME(name(target))))
}

pub(crate) fn soa(zone: &str, ttl: u32, minimum: u32) -> Record {
    let soa = SOA::new(name("ns.test."), name("admin.test."), 1, 1, 1, 1, minimum);
    Record::from_rdata(name(zone), ttl, RData::SOA(soa))
}

/// EDNS with one extended error.
pub(crate) fn extended_error(code: u16, text: &[u8]) -> Edns {
    let mut edns = Edns::new();
    let value = [&code.to_be_bytes(), text].concat();
    edns.options_mut().insert(EdnsOption::Unknown(15, value));
    edns
}

/// Options with short waits: 300 ms, two tries.
pub(crate) fn quick() -> AskOptions {
    AskOptions {
        exchange: ExchangeOptions {
            timeout: Duration::from_millis(300),
            tries: 2,
            source: None,
            query: DnsQueryOptions::default(),
            plain_after_rejection: true,
        },
        cname_links: 11,
        field_bytes: 1024,
    }
}

pub(crate) fn timeline() -> Timeline {
    Timeline::new(Instant::now())
}
