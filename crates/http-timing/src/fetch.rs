//! A small body over HTTP/1.1 in clear, within a limit. No redirects, no credentials.

use bytes::Bytes;
use http::header::{HOST, USER_AGENT};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use netwhy_report::Failure;
use netwhy_report::untrusted::escape;
use tokio::io::{AsyncRead, AsyncWrite};

/// Gets `path` from `authority` over the stream; the caller bounds the time.
///
/// # Errors
/// A [`Failure`] for anything but a 200 with a body of at most `limit` bytes.
pub async fn fetch<S>(
    stream: S,
    authority: &str,
    path: &str,
    limit: u64,
) -> Result<Vec<u8>, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let malformed = |reason: &str| Failure::HttpMalformed {
        reason: escape(reason).chars().take(200).collect(),
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| malformed(&error.to_string()))?;
    let driver = tokio::spawn(async move {
        connection.await.ok();
    });
    let request = http::Request::get(path)
        .header(HOST, authority)
        .header(USER_AGENT, concat!("netwhy/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|error| malformed(&error.to_string()))?;
    let fetched = async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| malformed(&error.to_string()))?;
        if response.status() != http::StatusCode::OK {
            return Err(malformed(&format!("status {}", response.status().as_u16())));
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let body = Limited::new(response.into_body(), limit)
            .collect()
            .await
            .map_err(|error| malformed(&error.to_string()))?;
        Ok(body.to_bytes().to_vec())
    };
    let result = fetched.await;
    driver.abort();
    result
}
