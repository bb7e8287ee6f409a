//! DNS over HTTPS with HTTP/3: the request of HTTP/2, over QUIC ([RFC 9114](https://www.rfc-editor.org/rfc/rfc9114)).

use bytes::{Buf as _, Bytes};
use h3::error::{ConnectionError, StreamError};
use netwhy_report::Failure;
use quinn::Connection;
use tokio::task::JoinSet;

use super::{closed, quic};
use crate::transport::https::{accept, malformed, request, take};
use crate::transport::tls::HTTP3;
use crate::transport::{Endpoint, Identity, Seen};

/// H3_NO_ERROR ([RFC 9114 §8.1](https://www.rfc-editor.org/rfc/rfc9114#section-8.1)).
const NO_ERROR: u32 = 0x100;
/// A response to a query has a handful of fields.
const HEADER_BYTES: u64 = 64 * 1024;

/// Posts a query over an open connection and takes the message out of the response.
pub(in crate::transport) async fn exchange(
    connection: &Connection,
    endpoint: &Endpoint,
    identity: &Identity,
    ask: Vec<u8>,
    seen: &mut Seen,
) -> Result<Vec<u8>, Failure> {
    let (mut driver, mut sender) = h3::client::builder()
        .max_field_section_size(HEADER_BYTES)
        .build(h3_quinn::Connection::new(connection.clone()))
        .await
        .map_err(|error| connection_failure(connection, &error))?;
    // The set ends the driver when this exchange ends, however it does.
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { driver.wait_idle().await });
    let fail = |error: StreamError| stream_failure(connection, &error);
    let mut stream = sender
        .send_request(request(endpoint, identity)?)
        .await
        .map_err(fail)?;
    stream.send_data(Bytes::from(ask)).await.map_err(fail)?;
    stream.finish().await.map_err(fail)?;
    let head = stream.recv_response().await.map_err(fail)?;
    accept(head.status().as_u16(), head.headers(), seen)?;
    let mut wire = Vec::new();
    while let Some(mut piece) = stream.recv_data().await.map_err(fail)? {
        while piece.has_remaining() {
            let chunk = piece.chunk();
            take(&mut wire, chunk)?;
            let length = chunk.len();
            piece.advance(length);
        }
    }
    connection.close(NO_ERROR.into(), b"");
    Ok(wire)
}

fn connection_failure(connection: &Connection, error: &ConnectionError) -> Failure {
    closed(connection, HTTP3).unwrap_or_else(|| malformed(&error.to_string()))
}

fn stream_failure(connection: &Connection, error: &StreamError) -> Failure {
    match error {
        StreamError::RemoteTerminate { code, .. } => {
            quic(Some(code.value()), true, b"stream reset")
        }
        other => closed(connection, HTTP3).unwrap_or_else(|| malformed(&other.to_string())),
    }
}
