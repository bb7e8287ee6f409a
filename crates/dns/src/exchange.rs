//! One question to one server: UDP with EDNS, TCP after truncation, plain DNS after a refusal of EDNS. Every try is recorded.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Edns, Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::dns::{AddressType, DnsAnswer, DnsQuery, DnsTransport, DnsTry};
use netwhy_report::{Failure, Step, Timeline};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, UdpSocket};
use tokio::time::timeout_at;

use crate::answer::answer;

/// The UDP payload size that we advertise: fits any path without fragments (DNS flag day 2020).
const PAYLOAD: u16 = 1232;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name in ASCII form.
    pub name: String,
    /// A or AAAA.
    pub record_type: AddressType,
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskOptions {
    /// Limit of one try.
    pub timeout: Duration,
    /// Tries over UDP.
    pub tries: u32,
    /// Links of a CNAME chain that are followed.
    pub cname_links: usize,
    /// Bytes kept of one text from the network.
    pub field_bytes: usize,
    /// Local address to ask from.
    pub source: Option<IpAddr>,
}

/// Asks once, with retries. The network's failure is in the record.
pub async fn ask(
    question: &Question,
    server: SocketAddr,
    options: &AskOptions,
    timeline: &Timeline,
) -> DnsQuery {
    let mut asking = Asking {
        question,
        server,
        options,
        timeline,
        tries: Vec::new(),
    };
    let start = timeline.offset(Instant::now());
    let result = asking.run().await;
    let end = timeline.offset(Instant::now());
    DnsQuery {
        server,
        record_type: question.record_type,
        tries: asking.tries,
        step: Step::ended(start, end, result),
    }
}

struct Asking<'a> {
    question: &'a Question,
    server: SocketAddr,
    options: &'a AskOptions,
    timeline: &'a Timeline,
    tries: Vec<DnsTry>,
}

impl Asking<'_> {
    async fn run(&mut self) -> Result<DnsAnswer, Failure> {
        let reply = match self.over_udp(true).await? {
            reply if refuses_edns(&reply.message) => self.over_udp(false).await?,
            reply => reply,
        };
        if !reply.message.metadata.truncation {
            return Ok(self.answer(&reply, false));
        }
        let whole = self.one_try(DnsTransport::Tcp, true).await?;
        Ok(self.answer(&whole, true))
    }

    fn answer(&self, reply: &Reply, truncated: bool) -> DnsAnswer {
        let mut decoded = answer(
            &reply.message,
            &self.question.name,
            self.options.cname_links,
            self.options.field_bytes,
        );
        decoded.truncated = truncated;
        decoded.size = reply.size;
        decoded
    }

    async fn over_udp(&mut self, edns: bool) -> Result<Reply, Failure> {
        let mut last = Failure::TimedOut {
            after: self.options.timeout,
        };
        for _ in 0..self.options.tries.max(1) {
            match self.one_try(DnsTransport::Udp, edns).await {
                Ok(reply) => return Ok(reply),
                // Nothing listens there, or no route: asking again changes nothing.
                Err(
                    failure @ (Failure::Refused { .. }
                    | Failure::Unreachable { .. }
                    | Failure::DescriptorsExhausted),
                ) => return Err(failure),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    async fn one_try(&mut self, transport: DnsTransport, edns: bool) -> Result<Reply, Failure> {
        let begun = Instant::now();
        let mut mismatched = 0;
        let result = match encoded(self.question, edns) {
            Err(failure) => Err(failure),
            Ok((query, bytes)) => match transport {
                DnsTransport::Udp => {
                    udp(&query, &bytes, self.server, self.options, &mut mismatched).await
                }
                DnsTransport::Tcp => tcp(&query, &bytes, self.server, self.options).await,
            },
        };
        let (start, end) = (
            self.timeline.offset(begun),
            self.timeline.offset(Instant::now()),
        );
        let step = Step::ended(
            start,
            end,
            result
                .as_ref()
                .map(|reply| reply.size)
                .map_err(Clone::clone),
        );
        self.tries.push(DnsTry {
            transport,
            step,
            mismatched,
        });
        result
    }
}

struct Reply {
    message: Message,
    size: u32,
}

fn encoded(question: &Question, edns: bool) -> Result<(Message, Vec<u8>), Failure> {
    let undecodable = |error: String| Failure::DnsUndecodable { reason: error };
    let name = Name::from_ascii(format!("{}.", question.name.trim_end_matches('.')))
        .map_err(|error| undecodable(error.to_string()))?;
    let record_type = match question.record_type {
        AddressType::A => RecordType::A,
        AddressType::Aaaa => RecordType::AAAA,
    };
    // hickory draws the id from a CSPRNG; the kernel chooses the port.
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(name, record_type));
    if edns {
        let mut options = Edns::new();
        options.set_max_payload(PAYLOAD).set_version(0);
        message.set_edns(options);
    }
    let bytes = message
        .to_vec()
        .map_err(|error| undecodable(error.to_string()))?;
    Ok((message, bytes))
}

/// A server that predates EDNS answers FORMERR, NOTIMP or BADVERS (RFC 6891 §7).
fn refuses_edns(message: &Message) -> bool {
    matches!(
        message.metadata.response_code,
        ResponseCode::FormErr | ResponseCode::NotImp | ResponseCode::BADVERS
    )
}

async fn udp(
    query: &Message,
    bytes: &[u8],
    server: SocketAddr,
    options: &AskOptions,
    mismatched: &mut u32,
) -> Result<Reply, Failure> {
    let deadline = tokio::time::Instant::now() + options.timeout;
    let any: IpAddr = if server.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let source = options
        .source
        .filter(|source| source.is_ipv4() == server.is_ipv4())
        .unwrap_or(any);
    let socket = UdpSocket::bind(SocketAddr::new(source, 0))
        .await
        .map_err(|error| failure(&error))?;
    // Connected, so that a closed port tells at once instead of costing the timeout.
    socket
        .connect(server)
        .await
        .map_err(|error| failure(&error))?;
    socket.send(bytes).await.map_err(|error| failure(&error))?;
    let mut buffer = vec![0; 65_535];
    loop {
        let length = match timeout_at(deadline, socket.recv(&mut buffer)).await {
            Err(_) if *mismatched > 0 => {
                return Err(Failure::DnsMismatched {
                    replies: *mismatched,
                });
            }
            Err(_) => {
                return Err(Failure::TimedOut {
                    after: options.timeout,
                });
            }
            Ok(received) => received.map_err(|error| failure(&error))?,
        };
        let datagram = &buffer[..length];
        // The id is checked before anything else is believed, the question after decoding.
        if datagram.get(..2) != bytes.get(..2) {
            *mismatched = mismatched.saturating_add(1);
            continue;
        }
        let message = decoded(datagram)?;
        if !answers(&message, query) {
            *mismatched = mismatched.saturating_add(1);
            continue;
        }
        return Ok(Reply {
            message,
            size: u32::try_from(length).unwrap_or(u32::MAX),
        });
    }
}

async fn tcp(
    query: &Message,
    bytes: &[u8],
    server: SocketAddr,
    options: &AskOptions,
) -> Result<Reply, Failure> {
    let exchange = async {
        let socket = if server.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }
        .map_err(|error| failure(&error))?;
        if let Some(source) = options
            .source
            .filter(|source| source.is_ipv4() == server.is_ipv4())
        {
            socket
                .bind(SocketAddr::new(source, 0))
                .map_err(|error| failure(&error))?;
        }
        let mut stream = socket
            .connect(server)
            .await
            .map_err(|error| failure(&error))?;
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        let framed = [&length.to_be_bytes()[..], bytes].concat();
        stream
            .write_all(&framed)
            .await
            .map_err(|error| failure(&error))?;
        let length = stream.read_u16().await.map_err(|error| failure(&error))?;
        let mut reply = vec![0; usize::from(length)];
        stream
            .read_exact(&mut reply)
            .await
            .map_err(|error| failure(&error))?;
        let message = decoded(&reply)?;
        if message.metadata.id != query.metadata.id || !answers(&message, query) {
            return Err(Failure::DnsMismatched { replies: 1 });
        }
        Ok(Reply {
            message,
            size: u32::from(length),
        })
    };
    match tokio::time::timeout(options.timeout, exchange).await {
        Ok(result) => result,
        Err(_) => Err(Failure::TimedOut {
            after: options.timeout,
        }),
    }
}

fn decoded(bytes: &[u8]) -> Result<Message, Failure> {
    Message::from_vec(bytes).map_err(|error| Failure::DnsUndecodable {
        reason: netwhy_report::untrusted::escape(&error.to_string())
            .chars()
            .take(200)
            .collect(),
    })
}

/// Whether the reply repeats our question. FORMERR and kin may leave it out (RFC 1035 §4.1.1 servers do).
fn answers(reply: &Message, query: &Message) -> bool {
    let left_out =
        reply.queries.is_empty() && reply.metadata.response_code != ResponseCode::NoError;
    let same = reply
        .queries
        .iter()
        .zip(&query.queries)
        .all(|(theirs, ours)| {
            theirs.query_type == ours.query_type
                && theirs.query_class == ours.query_class
                && theirs
                    .name
                    .to_ascii()
                    .eq_ignore_ascii_case(&ours.name.to_ascii())
        });
    left_out || (reply.queries.len() == 1 && same)
}

fn failure(error: &io::Error) -> Failure {
    match error.raw_os_error() {
        Some(errno) => match error.kind() {
            io::ErrorKind::ConnectionRefused => Failure::Refused { icmp: None },
            io::ErrorKind::ConnectionReset => Failure::Reset { received: 0 },
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::PermissionDenied => Failure::Unreachable { errno, icmp: None },
            // EMFILE and ENFILE have no kind of their own.
            _ if errno == 24 || errno == 23 => Failure::DescriptorsExhausted,
            _ => Failure::System { errno },
        },
        None => Failure::Closed { received: 0 },
    }
}
