//! DNS over HTTPS with HTTP/2: one POST, and a response that must be a DNS message ([RFC 8484](https://www.rfc-editor.org/rfc/rfc8484)).

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use netwhy_report::untrusted::escape;
use netwhy_report::{Failure, Untrusted};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use super::tls::stream_failure;
use super::{Endpoint, Identity, MESSAGE_BYTES, Seen};

const MEDIA_TYPE: &str = "application/dns-message";
/// Bytes kept of a media type that is not ours.
const TYPE_BYTES: usize = 256;

/// Posts a query over an open session and takes the message out of the response.
pub(super) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    endpoint: &Endpoint,
    identity: &Identity,
    ask: Vec<u8>,
    seen: &mut Seen,
) -> Result<Vec<u8>, Failure> {
    let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| http_failure(&error))?;
    // The set ends the connection's task when this exchange ends, however it does.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let body = Full::new(Bytes::from(ask));
    let response = sender
        .send_request(request(endpoint, identity)?.map(|()| body))
        .await
        .map_err(|error| http_failure(&error))?;
    let (head, mut body) = response.into_parts();
    accept(head.status.as_u16(), &head.headers, seen)?;
    let mut wire = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| http_failure(&error))?;
        take(&mut wire, frame.data_ref().map_or(&[], |data| data))?;
    }
    Ok(wire)
}

/// The request without its body.
pub(super) fn request(endpoint: &Endpoint, identity: &Identity) -> Result<Request<()>, Failure> {
    let host = if identity.name.contains(':') {
        format!("[{}]", identity.name)
    } else {
        identity.name.clone()
    };
    let port = match endpoint.address.port() {
        443 => String::new(),
        port => format!(":{port}"),
    };
    Request::post(format!("https://{host}{port}{}", identity.path))
        .header(CONTENT_TYPE, MEDIA_TYPE)
        .header(ACCEPT, MEDIA_TYPE)
        .body(())
        .map_err(|error| malformed(&error.to_string()))
}

/// Whether the head promises a DNS message.
pub(super) fn accept(status: u16, headers: &HeaderMap, seen: &mut Seen) -> Result<(), Failure> {
    seen.http_status = Some(status);
    if status != 200 {
        return Err(Failure::HttpStatus { status });
    }
    let given = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    let essence = given
        .unwrap_or_default()
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    if essence
        .trim_ascii()
        .eq_ignore_ascii_case(MEDIA_TYPE.as_bytes())
    {
        return Ok(());
    }
    Err(Failure::HttpContentType {
        given: given.map(|given| Untrusted::new(&given[..given.len().min(TYPE_BYTES)])),
    })
}

/// Adds a piece of the body, up to the size of a message.
pub(super) fn take(wire: &mut Vec<u8>, piece: &[u8]) -> Result<(), Failure> {
    if wire.len() + piece.len() > MESSAGE_BYTES {
        return Err(Failure::BodyTooLong { limit: 65_535 });
    }
    wire.extend_from_slice(piece);
    Ok(())
}

pub(super) fn malformed(reason: &str) -> Failure {
    Failure::HttpMalformed {
        reason: escape(reason).into_owned(),
    }
}

fn http_failure(error: &hyper::Error) -> Failure {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return stream_failure(io, 0);
        }
        source = cause.source();
    }
    malformed(&error.to_string())
}
