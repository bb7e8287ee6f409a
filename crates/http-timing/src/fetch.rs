//! A small body over HTTP/1.1, within a limit. No redirects, no credentials.

use bytes::Bytes;
use http::header::{CONNECTION, HOST, USER_AGENT};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use netwhy_report::Failure;
use netwhy_report::untrusted::escape;
use tokio::io::{AsyncRead, AsyncWrite};

/// Bytes of header that are read at most.
const HEADER_BYTES: usize = 16 * 1024;

/// Why a fetch gave nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum FetchError {
    /// The body is larger than the limit; the rest was left unread.
    TooLarge,
    /// Anything else.
    Failed(Failure),
}

/// Gets `path` from `authority` over the stream; the caller bounds the time.
///
/// # Errors
/// A [`FetchError`] for anything but a 200 with a body of at most `limit` bytes.
pub async fn fetch<S>(
    stream: S,
    authority: &str,
    path: &str,
    limit: u64,
) -> Result<Vec<u8>, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEADER_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| malformed(&error.to_string()))?;
    let request = http::Request::get(path)
        .header(HOST, authority)
        .header(USER_AGENT, concat!("netwhy/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| malformed(&error.to_string()))?;
    let fetched = async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| malformed(&error.to_string()))?;
        if response.status() != http::StatusCode::OK {
            return Err(FetchError::Failed(Failure::FetchUnusable {
                reason: format!("status {}", response.status().as_u16()),
            }));
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        match Limited::new(response.into_body(), limit).collect().await {
            Ok(body) => Ok(body.to_bytes().to_vec()),
            Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge),
            Err(error) => Err(malformed(&error.to_string())),
        }
    };
    tokio::pin!(fetched);
    tokio::pin!(connection);
    tokio::select! {
        biased;
        fetched = &mut fetched => fetched,
        // The connection may end before the body was handed on, never the other way round.
        _ = &mut connection => fetched.await,
    }
}

fn malformed(reason: &str) -> FetchError {
    FetchError::Failed(Failure::HttpMalformed {
        reason: escape(reason).chars().take(200).collect(),
    })
}
