//! One exchange over TCP, with a two-byte length before each message ([RFC 7766 §8](https://www.rfc-editor.org/rfc/rfc7766#section-8)).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_proto::op::Query;
use netwhy_report::Failure;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::exchange::{ExchangeOptions, Reply, failure, local_address};
use crate::query::encode;
use crate::reply::{Arrival, Sent, sort};

/// What an exchange over a stream showed besides its result.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// How long the connect took.
    pub(crate) connect: Option<Duration>,
    /// Messages that are not the reply.
    pub(crate) mismatched: u32,
    /// The bytes of a reply that could not be decoded.
    pub(crate) undecodable: Option<Vec<u8>>,
}

/// Asks over a fresh connection.
pub(crate) async fn ask(
    query: &Query,
    edns: bool,
    server: SocketAddr,
    options: &ExchangeOptions,
    seen: &mut Seen,
) -> Result<Reply, Failure> {
    let timeout = options.timeout;
    let conversation = async {
        let begun = Instant::now();
        let stream = connect(server, options.source)
            .await
            .map_err(|error| failure(&error, 0))?;
        seen.connect = Some(begun.elapsed());
        converse(stream, query, edns, options, seen).await
    };
    match tokio::time::timeout(timeout, conversation).await {
        Ok(result) => result,
        Err(_) if seen.mismatched > 0 => Err(Failure::DnsMismatched {
            replies: seen.mismatched,
        }),
        Err(_) => Err(Failure::TimedOut { after: timeout }),
    }
}

/// Asks over an open stream.
pub(crate) async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    query: &Query,
    edns: bool,
    options: &ExchangeOptions,
    seen: &mut Seen,
) -> Result<Reply, Failure> {
    let (id, message) = encode(query, &options.query, edns)?;
    let sent = [Sent { id, open: true }];
    let length = u16::try_from(message.len()).map_err(|_| Failure::System {
        errno: libc::EMSGSIZE,
    })?;
    let framed = [&length.to_be_bytes(), message.as_slice()].concat();
    stream
        .write_all(&framed)
        .await
        .map_err(|error| failure(&error, 0))?;

    let mut total = 0;
    let mut pending = Vec::with_capacity(4096);
    loop {
        while let Some(frame) = first_frame(&pending) {
            match sort(frame, query, &sent) {
                Arrival::Ours(_, reply) => return Ok(*reply),
                Arrival::Mismatched | Arrival::Late => {
                    seen.mismatched = seen.mismatched.saturating_add(1);
                }
                // Nobody but the server can write into this stream.
                Arrival::Undecodable(reason) | Arrival::Garbage(reason) => {
                    seen.undecodable = Some(frame.to_vec());
                    return Err(Failure::DnsUndecodable { reason });
                }
            }
            let consumed = frame.len() + 2;
            pending.drain(..consumed);
        }
        let read = stream
            .read_buf(&mut pending)
            .await
            .map_err(|error| failure(&error, total))?;
        if read == 0 {
            return Err(Failure::Closed { received: total });
        }
        total += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

fn first_frame(pending: &[u8]) -> Option<&[u8]> {
    let (length, rest) = pending.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

async fn connect(server: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if server.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if source.is_some_and(|source| source.is_ipv4() == server.is_ipv4()) {
        socket.bind(local_address(server, source))?;
    }
    socket.connect(server).await
}
