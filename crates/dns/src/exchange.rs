//! One question to one server, with everything that it takes: repeated tries, a plain query where EDNS is rejected,
//! TCP where the reply was cut. What goes wrong is recorded, never returned as an error.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Query, ResponseCode};
use netwhy_report::dns::{DnsTransport, DnsTry};
use netwhy_report::plan::DnsQueryOptions;
use netwhy_report::{Failure, Step, Timeline};

use crate::query::with_mixed_case;
pub use crate::reply::Reply;
use crate::transport::udp::Datagrams;
use crate::transport::{self, Seen};
pub use crate::transport::{Carrier, Endpoint, Identity};

/// How to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeOptions {
    /// How long one try waits: one datagram, or one exchange over a stream with its connect.
    pub timeout: Duration,
    /// Datagrams sent before the server counts as silent; at least one is.
    pub tries: u32,
    /// Local address to ask from, where it has the server's family.
    pub source: Option<IpAddr>,
    /// What the query says about itself.
    pub query: DnsQueryOptions,
    /// Ask once more without EDNS where the server rejects it (FORMERR, NOTIMP, BADVERS).
    pub plain_after_rejection: bool,
}

/// One question to one server, as it went.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// When it began, as an offset of the run.
    pub start: Duration,
    /// When it ended.
    pub end: Duration,
    /// Each datagram or stream, in order.
    pub tries: Vec<DnsTry>,
    /// The reply, or why there is none.
    pub result: Result<Reply, Failure>,
    /// The bytes of a reply that could not be decoded, if that is why there is none.
    pub undecodable: Option<Vec<u8>>,
}

impl Exchange {
    /// Whether a reply over UDP was cut.
    #[must_use]
    pub fn was_truncated(&self) -> bool {
        self.tries.iter().any(|one| one.truncated)
    }

    /// The same as a step, with a value made of the reply.
    pub fn step<T>(&self, value: impl FnOnce(&Reply) -> T) -> Step<T> {
        let result = self.result.as_ref().map(value).map_err(Clone::clone);
        Step::ended(self.start, self.end, result)
    }
}

/// Asks one server one question.
///
/// A server that rejects EDNS is asked once more without it: two completed tries, the second without EDNS, are the trace of
/// that. A cut reply (TC) is asked for again over TCP ([RFC 7766](https://www.rfc-editor.org/rfc/rfc7766)); if that fails,
/// the exchange fails as TCP did. A reply that comes after its try timed out still counts while a later try waits; the
/// later try is then skipped as not needed.
pub async fn exchange(
    query: &Query,
    endpoint: &Endpoint,
    options: &ExchangeOptions,
    timeline: &Timeline,
) -> Exchange {
    let start = timeline.offset(Instant::now());
    let mixed = options.query.mixed_case.then(|| with_mixed_case(query));
    let mut conversation = Conversation {
        // Without random bits the question goes out as it is: the kernel gave none, and the query's id will say so.
        query: mixed
            .as_ref()
            .and_then(|mixed| mixed.as_ref().ok())
            .unwrap_or(query),
        endpoint,
        options,
        timeline,
        tries: Vec::new(),
        undecodable: None,
    };
    let server = endpoint.address;
    let transport = endpoint.carrier.transport();
    tracing::debug!(%server, ?transport, name = %query.name, record_type = %query.query_type, "asking");
    let result = match endpoint.carrier {
        Carrier::Udp => conversation.over_datagrams().await,
        _ => conversation.over_connection().await,
    };
    let Conversation {
        tries, undecodable, ..
    } = conversation;
    let end = timeline.offset(Instant::now());
    let result = result.map_err(|failure| overall(failure, &tries, end.saturating_sub(start)));
    match &result {
        Ok(reply) => tracing::debug!(
            %server,
            name = %query.name,
            record_type = %query.query_type,
            rcode = ?reply.message.metadata.response_code,
            answers = reply.message.answers.len(),
            tries = tries.len(),
            "answered"
        ),
        Err(failure) => tracing::debug!(
            %server,
            name = %query.name,
            record_type = %query.query_type,
            ?failure,
            tries = tries.len(),
            "not answered"
        ),
    }
    Exchange {
        start,
        end,
        tries,
        result,
        undecodable,
    }
}

/// The failure of the whole question, where single tries tell less.
fn overall(last: Failure, tries: &[DnsTry], waited: Duration) -> Failure {
    let replies = tries.iter().fold(0, |sum: u32, one| {
        sum.saturating_add(one.mismatched.total())
    });
    match last {
        Failure::TimedOut { .. } | Failure::DnsMismatched { .. } if replies > 0 => {
            Failure::DnsMismatched { replies }
        }
        Failure::TimedOut { .. } => Failure::TimedOut { after: waited },
        other => other,
    }
}

struct Conversation<'ask> {
    query: &'ask Query,
    endpoint: &'ask Endpoint,
    options: &'ask ExchangeOptions,
    timeline: &'ask Timeline,
    tries: Vec<DnsTry>,
    undecodable: Option<Vec<u8>>,
}

impl Conversation<'_> {
    async fn over_datagrams(&mut self) -> Result<Reply, Failure> {
        let edns = self.options.query.edns.is_some();
        let start = self.timeline.offset(Instant::now());
        let opened = Datagrams::open(
            self.query,
            self.endpoint.address,
            self.options,
            self.timeline,
        )
        .await;
        let mut datagrams = match opened {
            Ok(datagrams) => datagrams,
            Err(failure) => {
                let end = self.timeline.offset(Instant::now());
                let step = Step::failed(start, end, failure.clone());
                self.tries.push(DnsTry::new(DnsTransport::Udp, edns, step));
                return Err(failure);
            }
        };
        let result = self.over_udp(&mut datagrams).await;
        self.tries = datagrams.tries;
        self.undecodable = datagrams.undecodable;
        let (reply, edns) = result?;
        if !reply.message.metadata.truncation || self.options.query.ignore_truncation {
            return Ok(reply);
        }
        tracing::info!(server = %self.endpoint.address, "the reply was cut: asking over TCP");
        self.ask_connected(DnsTransport::Tcp, edns).await
    }

    /// Asks over a connection, and once more without EDNS where the server rejects it.
    async fn over_connection(&mut self) -> Result<Reply, Failure> {
        let transport = self.endpoint.carrier.transport();
        let edns = self.options.query.edns.is_some();
        let reply = self.ask_connected(transport, edns).await?;
        if edns
            && self.options.plain_after_rejection
            && rejects_edns(reply.message.metadata.response_code)
        {
            return self.ask_connected(transport, false).await;
        }
        Ok(reply)
    }

    /// Tries until a reply comes; the flag tells whether the query it answers had EDNS.
    async fn over_udp(&self, datagrams: &mut Datagrams<'_>) -> Result<(Reply, bool), Failure> {
        let mut edns = self.options.query.edns.is_some();
        let mut left = self.options.tries.max(1);
        loop {
            left -= 1;
            match datagrams.attempt(edns).await {
                Ok(reply)
                    if edns
                        && self.options.plain_after_rejection
                        && rejects_edns(reply.message.metadata.response_code) =>
                {
                    tracing::info!(server = %self.endpoint.address, "EDNS is rejected: asking without it");
                    edns = false;
                    left = left.max(1);
                    datagrams.close_open_tries();
                }
                Ok(reply) => return Ok((reply, edns)),
                Err(failure) if left == 0 || !is_worth_another_try(&failure) => {
                    return Err(failure);
                }
                Err(failure) => {
                    tracing::info!(server = %self.endpoint.address, ?failure, left, "trying again");
                }
            }
        }
    }

    async fn ask_connected(
        &mut self,
        transport: DnsTransport,
        edns: bool,
    ) -> Result<Reply, Failure> {
        let start = self.timeline.offset(Instant::now());
        let mut seen = Seen::default();
        let result = transport::ask(self.query, edns, self.endpoint, self.options, &mut seen).await;
        let end = self.timeline.offset(Instant::now());
        let size = result.as_ref().map(Reply::size).map_err(Clone::clone);
        self.tries.push(DnsTry {
            connect: seen.connect,
            handshake: seen.handshake,
            mismatched: seen.mismatched,
            http_status: seen.http_status,
            ..DnsTry::new(transport, edns, Step::ended(start, end, size))
        });
        self.undecodable = seen.undecodable;
        result
    }
}

/// Whether the server rejects the query because of EDNS ([RFC 6891 §7](https://www.rfc-editor.org/rfc/rfc6891#section-7)).
fn rejects_edns(code: ResponseCode) -> bool {
    matches!(
        code,
        ResponseCode::FormErr
            | ResponseCode::NotImp
            // The decoder knows 16 by either of its two registered names.
            | ResponseCode::BADVERS
            | ResponseCode::BADSIG
    )
}

/// Silence and noise may pass; what the kernel or the server says outright will not change within a second.
fn is_worth_another_try(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::TimedOut { .. } | Failure::DnsMismatched { .. }
    )
}

/// Where a socket towards `server` binds: the source where it has the same family, any port.
pub(crate) fn local_address(server: SocketAddr, source: Option<IpAddr>) -> SocketAddr {
    let any = if server.is_ipv4() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED)
    } else {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    };
    let source = source.filter(|source| source.is_ipv4() == server.is_ipv4());
    SocketAddr::new(source.unwrap_or(any), 0)
}

/// A system error as a failure; `received` counts the connection's bytes so far.
pub(crate) fn failure(error: &io::Error, received: u64) -> Failure {
    let Some(errno) = error.raw_os_error() else {
        return Failure::System { errno: libc::EIO };
    };
    match errno {
        libc::ECONNREFUSED => Failure::Refused { icmp: None },
        libc::ECONNRESET | libc::EPIPE => Failure::Reset { received },
        // The last two: no address of the server's family on this host.
        libc::ENETUNREACH
        | libc::EHOSTUNREACH
        | libc::EACCES
        | libc::EPERM
        | libc::EADDRNOTAVAIL
        | libc::EAFNOSUPPORT => Failure::Unreachable { errno, icmp: None },
        libc::EADDRINUSE => Failure::PortsExhausted,
        libc::EMFILE | libc::ENFILE => Failure::DescriptorsExhausted,
        _ => Failure::System { errno },
    }
}
