//! Messages over a stream, each behind its length in two bytes ([RFC 7766 §8](https://www.rfc-editor.org/rfc/rfc7766#section-8)).

use hickory_proto::op::Query;
use netwhy_report::Failure;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::Seen;
use super::tls::stream_failure;
use crate::exchange::{ExchangeOptions, Reply};
use crate::query::encode;
use crate::reply::{Arrival, Sent, sort};

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
    let framed = with_length(&message)?;
    stream
        .write_all(&framed)
        .await
        .map_err(|error| stream_failure(&error, 0))?;

    let mut total = 0;
    let mut pending = Vec::with_capacity(4096);
    loop {
        while let Some(frame) = first_frame(&pending) {
            match sort(frame, query, &sent, options.query.mixed_case) {
                Arrival::Ours(_, reply) => return Ok(*reply),
                Arrival::Mismatched(mismatch) => seen.mismatched.count(mismatch),
                Arrival::Late => {}
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
            .map_err(|error| stream_failure(&error, total))?;
        if read == 0 {
            return Err(Failure::Closed { received: total });
        }
        total += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

/// The first whole message of what arrived so far.
pub(super) fn first_frame(pending: &[u8]) -> Option<&[u8]> {
    let (length, rest) = pending.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

/// A message behind its length.
pub(super) fn with_length(message: &[u8]) -> Result<Vec<u8>, Failure> {
    let length = u16::try_from(message.len()).map_err(|_| Failure::System {
        errno: libc::EMSGSIZE,
    })?;
    Ok([&length.to_be_bytes(), message].concat())
}
