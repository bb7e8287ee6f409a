//! One question to one server, with everything that it takes: repeated tries, a plain query where EDNS is rejected,
//! TCP where the reply was cut. What goes wrong is recorded, never returned as an error.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, Query};
use netwhy_report::dns::{AddressType, DnsAnswer, DnsQuery, DnsTransport, DnsTry};
use netwhy_report::{Failure, SkipReason, Step, Timeline};

use crate::answer;
use crate::reply::query;
use crate::tcp;
use crate::udp::Datagrams;

/// What to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The name in ASCII form; it is taken as absolute, with or without a trailing dot.
    pub name: String,
    /// The record type.
    pub record_type: AddressType,
}

/// How to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskOptions {
    /// How long one try waits: one datagram, or one TCP exchange with its connect.
    pub timeout: Duration,
    /// Datagrams sent before the server counts as silent; at least one is.
    pub tries: u32,
    /// Links of a CNAME chain that are followed inside an answer.
    pub cname_links: usize,
    /// Bytes kept of one name or text.
    pub field_bytes: usize,
    /// Local address to ask from, where it has the server's family.
    pub source: Option<IpAddr>,
}

/// Asks one server one question.
///
/// The query carries RD, AD and EDNS0 with a payload of 1,232 bytes. A server that rejects EDNS (FORMERR, NOTIMP, BADVERS)
/// is asked once more without it: two completed UDP tries in one query are the trace of that. A cut reply (TC) is asked for again over TCP
/// ([RFC 7766](https://www.rfc-editor.org/rfc/rfc7766)); if that fails, the step fails as TCP did. A reply that comes
/// after its try timed out still counts while a later try waits; the later try is then skipped as not needed.
///
/// A name that breaks the limits of DNS is skipped as forbidden.
pub async fn ask(
    question: &Question,
    server: SocketAddr,
    options: &AskOptions,
    timeline: &Timeline,
) -> DnsQuery {
    let start = timeline.offset(Instant::now());
    let record = |tries, step| DnsQuery {
        server,
        record_type: question.record_type,
        tries,
        step,
    };
    let Some(query) = query(&question.name, question.record_type) else {
        let rule = "labels of a DNS name have 1 to 63 octets, the whole name at most 255 (RFC 1035 §2.3.4)";
        let rule = rule.to_owned();
        return record(
            Vec::new(),
            Step::skipped(start, SkipReason::Forbidden { rule }),
        );
    };
    let conversation = Conversation {
        query: &query,
        record_type: question.record_type,
        server,
        options,
        timeline,
    };
    let (tries, result) = conversation.hold().await;
    let end = timeline.offset(Instant::now());
    let result = result.map_err(|failure| overall(failure, &tries, end.saturating_sub(start)));
    record(tries, Step::ended(start, end, result))
}

/// The failure of the whole question, where single tries tell less.
fn overall(last: Failure, tries: &[DnsTry], waited: Duration) -> Failure {
    let replies = tries
        .iter()
        .fold(0, |sum: u32, one| sum.saturating_add(one.mismatched));
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
    record_type: AddressType,
    server: SocketAddr,
    options: &'ask AskOptions,
    timeline: &'ask Timeline,
}

impl Conversation<'_> {
    async fn hold(&self) -> (Vec<DnsTry>, Result<DnsAnswer, Failure>) {
        let start = self.timeline.offset(Instant::now());
        let opened =
            Datagrams::open(self.query, self.server, self.options.source, self.timeline).await;
        let mut datagrams = match opened {
            Ok(datagrams) => datagrams,
            Err(failure) => {
                let end = self.timeline.offset(Instant::now());
                let failed = DnsTry {
                    transport: DnsTransport::Udp,
                    step: Step::failed(start, end, failure.clone()),
                    mismatched: 0,
                };
                return (vec![failed], Err(failure));
            }
        };
        let (message, size, edns) = match self.over_udp(&mut datagrams).await {
            Ok(reply) => reply,
            Err(failure) => return (datagrams.tries, Err(failure)),
        };
        let mut tries = datagrams.tries;
        if !message.metadata.truncation {
            let answer = self.read(&message, size, false);
            return (tries, Ok(answer));
        }
        let result = self.over_tcp(edns, &mut tries).await;
        (tries, result)
    }

    /// Tries until a reply comes; the flag tells whether the query it answers had EDNS.
    async fn over_udp(
        &self,
        datagrams: &mut Datagrams<'_>,
    ) -> Result<(Box<Message>, u32, bool), Failure> {
        let mut edns = true;
        let mut left = self.options.tries.max(1);
        loop {
            left -= 1;
            match datagrams.attempt(edns, self.options.timeout).await {
                Ok((message, _)) if edns && answer::rejects_edns(&message) => {
                    edns = false;
                    left = left.max(1);
                    datagrams.close_open_tries();
                }
                Ok((message, size)) => return Ok((message, size, edns)),
                Err(failure) if left == 0 || !is_worth_another_try(&failure) => {
                    return Err(failure);
                }
                Err(_) => {}
            }
        }
    }

    async fn over_tcp(&self, edns: bool, tries: &mut Vec<DnsTry>) -> Result<DnsAnswer, Failure> {
        let start = self.timeline.offset(Instant::now());
        let mut mismatched = 0;
        let result = tcp::ask(
            self.query,
            edns,
            self.server,
            self.options.source,
            self.options.timeout,
            &mut mismatched,
        )
        .await;
        let end = self.timeline.offset(Instant::now());
        let size = result.as_ref().map(|(_, size)| *size).map_err(Clone::clone);
        tries.push(DnsTry {
            transport: DnsTransport::Tcp,
            step: Step::ended(start, end, size),
            mismatched,
        });
        result.map(|(message, size)| self.read(&message, size, true))
    }

    fn read(&self, message: &Message, size: u32, truncated: bool) -> DnsAnswer {
        answer::read(
            message,
            &self.query.name,
            self.record_type,
            size,
            truncated,
            self.options,
        )
    }
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

#[cfg(test)]
mod tests;
