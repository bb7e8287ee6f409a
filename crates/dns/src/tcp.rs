//! One exchange over TCP, with a two-byte length before each message ([RFC 7766 §8](https://www.rfc-editor.org/rfc/rfc7766#section-8)).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, Query};
use netwhy_report::Failure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::exchange::{failure, local_address};
use crate::reply::{Arrival, Sent, encode, sort};

/// Asks over a fresh connection; `mismatched` counts messages that are not the reply.
pub(crate) async fn ask(
    query: &Query,
    edns: bool,
    server: SocketAddr,
    source: Option<IpAddr>,
    timeout: Duration,
    mismatched: &mut u32,
) -> Result<(Box<Message>, u32), Failure> {
    match tokio::time::timeout(timeout, converse(query, edns, server, source, mismatched)).await {
        Ok(result) => result,
        Err(_) if *mismatched > 0 => Err(Failure::DnsMismatched {
            replies: *mismatched,
        }),
        Err(_) => Err(Failure::TimedOut { after: timeout }),
    }
}

async fn converse(
    query: &Query,
    edns: bool,
    server: SocketAddr,
    source: Option<IpAddr>,
    mismatched: &mut u32,
) -> Result<(Box<Message>, u32), Failure> {
    let (id, message) = encode(query, edns)?;
    let sent = [Sent { id, open: true }];
    let length = u16::try_from(message.len()).map_err(|_| Failure::System {
        errno: libc::EMSGSIZE,
    })?;
    let framed = [&length.to_be_bytes(), message.as_slice()].concat();
    let mut stream = connect(server, source)
        .await
        .map_err(|error| failure(&error, 0))?;
    stream
        .write_all(&framed)
        .await
        .map_err(|error| failure(&error, 0))?;

    let mut total = 0;
    let mut pending = Vec::with_capacity(4096);
    loop {
        while let Some(frame) = first_frame(&pending) {
            match sort(frame, query, &sent) {
                Arrival::Ours(_, message) => {
                    let size = u32::try_from(frame.len()).unwrap_or(u32::MAX);
                    return Ok((message, size));
                }
                Arrival::Mismatched | Arrival::Late => *mismatched = mismatched.saturating_add(1),
                // Nobody but the server can write into this stream.
                Arrival::Undecodable(reason) | Arrival::Garbage(reason) => {
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
