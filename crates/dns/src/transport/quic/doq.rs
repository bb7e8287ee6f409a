//! DNS over QUIC: one stream per query, a length before the message, the id 0 ([RFC 9250 §4.2](https://www.rfc-editor.org/rfc/rfc9250#section-4.2)).

use netwhy_report::Failure;
use quinn::{Connection, ReadError, ReadToEndError, WriteError};

use super::{closed, quic};
use crate::transport::MESSAGE_BYTES;
use crate::transport::framed::{first_frame, with_length};
use crate::transport::tls::DOQ;

/// DOQ_NO_ERROR ([RFC 9250 §4.3](https://www.rfc-editor.org/rfc/rfc9250#section-4.3)).
const NO_ERROR: u32 = 0;

/// Asks over a stream of its own.
pub(in crate::transport) async fn exchange(
    connection: &Connection,
    ask: &[u8],
) -> Result<Vec<u8>, Failure> {
    let lost = |detail: &str| {
        closed(connection, DOQ).unwrap_or_else(|| quic(None, false, detail.as_bytes()))
    };
    let (mut send, mut receive) = connection
        .open_bi()
        .await
        .map_err(|error| lost(&error.to_string()))?;
    send.write_all(&with_length(ask)?)
        .await
        .map_err(|error| match error {
            WriteError::Stopped(code) => quic(Some(code.into_inner()), true, b"stream stopped"),
            other => lost(&other.to_string()),
        })?;
    send.finish().map_err(|error| lost(&error.to_string()))?;
    let read = receive.read_to_end(MESSAGE_BYTES + 2).await;
    let bytes = read.map_err(|error| match error {
        ReadToEndError::TooLong => Failure::BodyTooLong { limit: 65_535 },
        ReadToEndError::Read(ReadError::Reset(code)) => {
            quic(Some(code.into_inner()), true, b"stream reset")
        }
        ReadToEndError::Read(other) => lost(&other.to_string()),
    })?;
    connection.close(NO_ERROR.into(), b"");
    match first_frame(&bytes) {
        Some(frame) => Ok(frame.to_vec()),
        None => Err(Failure::Closed {
            received: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        }),
    }
}
