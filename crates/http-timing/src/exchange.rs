//! One request and its response over a stream that is handed in, with the phases as far as they were reached.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use netwhy_report::http::{HttpExchange, HttpHead, HttpResponse, HttpStamps, KernelSamples};
use netwhy_report::tcp::TcpInfo;
use netwhy_report::{Failure, Step, Timeline};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::timeout_at;

use crate::failure::{failure, origin, quoting};
use crate::head::head;
use crate::timed_io::{Notebook, TimedIo};

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http11,
    /// HTTP/2, agreed on by ALPN or known beforehand.
    Http2,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is spoken.
    pub protocol: Protocol,
    /// The method, a token.
    pub method: String,
    /// Host and port as the URL has them.
    pub authority: String,
    /// Whether the URL is https.
    pub secure: bool,
    /// Path and query, at least `/`.
    pub path_and_query: String,
    /// Further header fields; they replace the usual ones of the same name.
    pub headers: Vec<(String, String)>,
}

/// Limits of one exchange.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the request to the end of the response.
    pub response_timeout: Duration,
    /// Header bytes.
    pub header_bytes: usize,
    /// Header fields.
    pub header_fields: usize,
    /// Body bytes read before the rest is left unread.
    pub body_bytes: u64,
    /// Bytes kept of one header value.
    pub field_bytes: usize,
}

/// How an exchange is watched: the kernel's counters, and errors that a layer below explains better.
#[derive(Clone, Copy)]
pub struct Observation<'a> {
    /// Samples `TCP_INFO` of the connection.
    pub kernel: &'a (dyn Fn() -> Option<TcpInfo> + Send + Sync),
    /// Names the failure behind an I/O error, if it is one of the layer below (a TLS alert).
    pub classify: &'a (dyn Fn(&io::Error) -> Option<Failure> + Send + Sync),
    /// The run's zero point.
    pub timeline: &'a Timeline,
    /// The peer.
    pub peer: SocketAddr,
}

enum Sender {
    Http1(http1::SendRequest<Empty<Bytes>>),
    Http2(http2::SendRequest<Empty<Bytes>>),
}

/// A connection that stayed open after a complete response.
pub struct ReusableConnection {
    sender: Sender,
    notebook: Notebook,
    /// Runs the connection, and ends with the error that ended it.
    driver: JoinHandle<Option<hyper::Error>>,
}

impl Drop for ReusableConnection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl ReusableConnection {
    /// Another request over the same connection.
    pub async fn again(
        self,
        request: &Request,
        limits: &Limits,
        observation: Observation<'_>,
    ) -> (HttpExchange, Option<Self>) {
        self.notebook.reset();
        run(Ok(self), request, limits, observation).await
    }
}

/// Asks over a fresh stream. The connection comes back if it can be used again.
pub async fn exchange<S>(
    stream: S,
    request: &Request,
    limits: &Limits,
    observation: Observation<'_>,
) -> (HttpExchange, Option<ReusableConnection>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let opened = tokio::time::timeout(
        limits.response_timeout,
        open(stream, request.protocol, limits),
    )
    .await;
    let opened = match opened {
        Ok(result) => result.map_err(|error| failure(&error, observation, 0)),
        Err(_) => Err(Failure::TimedOut {
            after: limits.response_timeout,
        }),
    };
    run(opened, request, limits, observation).await
}

async fn open<S>(
    stream: S,
    protocol: Protocol,
    limits: &Limits,
) -> Result<ReusableConnection, hyper::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let notebook = Notebook::default();
    let io = TokioIo::new(TimedIo::new(stream, notebook.clone()));
    let (sender, driver) = match protocol {
        Protocol::Http11 => {
            let mut builder = http1::Builder::new();
            builder
                .max_headers(limits.header_fields)
                .max_buf_size(limits.header_bytes.max(8192));
            let (sender, connection) = builder.handshake(io).await?;
            (
                Sender::Http1(sender),
                tokio::spawn(async move { connection.await.err() }),
            )
        }
        Protocol::Http2 => {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder.timer(TokioTimer::new());
            builder.max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX));
            // Windows large enough not to be the limit at common round trips.
            builder
                .initial_stream_window_size(2 << 20)
                .initial_connection_window_size(4 << 20);
            let (sender, connection) = builder.handshake(io).await?;
            (
                Sender::Http2(sender),
                tokio::spawn(async move { connection.await.err() }),
            )
        }
    };
    Ok(ReusableConnection {
        sender,
        notebook,
        driver,
    })
}

/// What has been seen so far; it outlives a timeout.
#[derive(Default)]
struct Seen {
    stamps: HttpStamps,
    kernel: KernelSamples,
    head: Option<HttpHead>,
}

async fn run(
    opened: Result<ReusableConnection, Failure>,
    request: &Request,
    limits: &Limits,
    observation: Observation<'_>,
) -> (HttpExchange, Option<ReusableConnection>) {
    let begun = Instant::now();
    let start = observation.timeline.offset(begun);
    // The query and the header fields stay out of the log: they may hold secrets.
    tracing::debug!(
        peer = %observation.peer,
        protocol = ?request.protocol,
        method = request.method,
        authority = request.authority,
        path = request.path_and_query.split('?').next(),
        header_fields = request.headers.len(),
        "requesting"
    );
    let mut seen = Seen {
        stamps: HttpStamps {
            request_start: Some(start),
            ..HttpStamps::default()
        },
        ..Seen::default()
    };
    let (result, connection) = match opened {
        Err(failure) => (Err(failure), None),
        Ok(mut connection) => {
            let deadline = tokio::time::Instant::from_std(begun) + limits.response_timeout;
            let result = match timeout_at(
                deadline,
                converse(&mut connection, request, limits, observation, &mut seen),
            )
            .await
            {
                Ok(result) => result,
                Err(_) => Err(Failure::TimedOut {
                    after: limits.response_timeout,
                }),
            };
            stamp_request(&mut seen, &connection.notebook, observation.timeline);
            (result, Some(connection))
        }
    };
    match &result {
        Ok(response) => tracing::debug!(
            peer = %observation.peer,
            status = response.status,
            body_bytes = response.body_bytes,
            "response"
        ),
        Err(failure) => tracing::debug!(peer = %observation.peer, ?failure, "no response"),
    }
    let end = observation.timeline.offset(Instant::now());
    let reusable = connection.filter(|_| result.as_ref().is_ok_and(|response| !response.body_cut));
    let Seen {
        stamps,
        kernel,
        head,
    } = seen;
    (
        HttpExchange {
            peer: Some(observation.peer),
            stamps,
            kernel,
            step: Step::ended(start, end, result),
            head,
        },
        reusable,
    )
}

fn stamp_request(seen: &mut Seen, notebook: &Notebook, timeline: &Timeline) {
    let marks = notebook.marks();
    seen.stamps.request_start = marks
        .first_write
        .map(|at| timeline.offset(at))
        .or(seen.stamps.request_start);
    if seen.stamps.request_end.is_none() {
        seen.stamps.request_end = marks.last_write.map(|at| timeline.offset(at));
    }
}

async fn converse(
    connection: &mut ReusableConnection,
    request: &Request,
    limits: &Limits,
    observation: Observation<'_>,
    seen: &mut Seen,
) -> Result<HttpResponse, Failure> {
    let interim: Arc<Mutex<Vec<(u16, Instant)>>> = Arc::default();
    let message = message(request, &interim)?;
    let notebook = connection.notebook.clone();
    let sent = match &mut connection.sender {
        Sender::Http1(sender) => match sender.ready().await {
            Ok(()) => sender.send_request(message).await,
            Err(error) => Err(error),
        },
        Sender::Http2(sender) => match sender.ready().await {
            Ok(()) => sender.send_request(message).await,
            Err(error) => Err(error),
        },
    };
    let resolved = Instant::now();
    stamp_request(seen, &notebook, observation.timeline);
    seen.kernel.request_end = (observation.kernel)();
    let response: Response<Incoming> = match sent {
        Ok(response) => response,
        Err(error) => {
            let error = origin(error, &mut connection.driver).await;
            let marks = notebook.marks();
            let failure = failure(&error, observation, marks.received);
            return Err(match request.protocol {
                Protocol::Http11 => quoting(failure, &marks.opening),
                // Frames are not for reading.
                Protocol::Http2 => failure,
            });
        }
    };
    let marks = notebook.marks();
    // HTTP/2 reads SETTINGS and WINDOW_UPDATE earlier: only the resolved future tells the header frame.
    let first = if request.protocol == Protocol::Http11 {
        marks.first_read.unwrap_or(resolved)
    } else {
        resolved
    };
    let interim = std::mem::take(&mut *interim.lock().unwrap_or_else(PoisonError::into_inner));
    seen.stamps.first_interim = interim
        .first()
        .map(|(_, at)| observation.timeline.offset(*at));
    let first = if interim.is_empty() { first } else { resolved };
    seen.stamps.response_start = Some(observation.timeline.offset(first));
    seen.kernel.response_start = (observation.kernel)();
    let statuses = interim
        .into_iter()
        .map(|(status, _)| status)
        .take(16)
        .collect();
    seen.head = Some(head(&response, statuses, limits.field_bytes));
    let measured = body(response, limits, observation).await?;
    seen.stamps.response_end = Some(observation.timeline.offset(Instant::now()));
    seen.kernel.response_end = (observation.kernel)();
    Ok(measured)
}

/// Measures the body and drops it, frame by frame.
async fn body(
    response: Response<Incoming>,
    limits: &Limits,
    observation: Observation<'_>,
) -> Result<HttpResponse, Failure> {
    let mut measured = HttpResponse {
        status: response.status().as_u16(),
        body_bytes: 0,
        body_cut: false,
        body_reads: 0,
    };
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(
                |error| match failure(&error, observation, measured.body_bytes) {
                    Failure::Closed { .. } | Failure::HttpMalformed { .. } => {
                        Failure::BodyTruncated {
                            received: measured.body_bytes,
                        }
                    }
                    other => other,
                },
            )?;
        if let Some(data) = frame.data_ref() {
            measured.body_bytes += u64::try_from(data.len()).unwrap_or(0);
            measured.body_reads = measured.body_reads.saturating_add(1);
            if measured.body_bytes >= limits.body_bytes {
                measured.body_cut = true;
                return Ok(measured);
            }
        }
    }
    Ok(measured)
}

fn message(
    request: &Request,
    interim: &Arc<Mutex<Vec<(u16, Instant)>>>,
) -> Result<http::Request<Empty<Bytes>>, Failure> {
    let malformed = |reason: String| Failure::HttpMalformed { reason };
    let uri = match request.protocol {
        Protocol::Http11 => request.path_and_query.clone(),
        Protocol::Http2 => format!(
            "{}://{}{}",
            if request.secure { "https" } else { "http" },
            request.authority,
            request.path_and_query
        ),
    };
    let mut message = http::Request::builder()
        .method(request.method.as_str())
        .uri(uri)
        .body(Empty::new())
        .map_err(|error| malformed(error.to_string()))?;
    let headers = message.headers_mut();
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static(concat!("netwhy/", env!("CARGO_PKG_VERSION"))),
    );
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if request.protocol == Protocol::Http11 {
        headers.insert(
            HOST,
            HeaderValue::from_str(&request.authority)
                .map_err(|error| malformed(error.to_string()))?,
        );
    }
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|error| malformed(error.to_string()))?;
        headers.insert(
            name,
            HeaderValue::from_str(value).map_err(|error| malformed(error.to_string()))?,
        );
    }
    let interim = Arc::clone(interim);
    hyper::ext::on_informational(&mut message, move |response| {
        let mut seen = interim.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < 16 {
            seen.push((response.status().as_u16(), Instant::now()));
        }
    });
    Ok(message)
}
