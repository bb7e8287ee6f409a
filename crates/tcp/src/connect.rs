//! One TCP connect, bounded in time: a connection with the kernel's first view of it, or a typed failure
//! that names the ICMP error behind the errno.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use netwhy_report::tcp::{TcpAttempt, TcpConnected};
use netwhy_report::{Failure, SkipReason, Step, Timeline};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;

use crate::cause::{self, Stage};
use crate::info::info;
use crate::{kernel, route};

/// How a connection is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectOptions {
    /// How long to wait for the handshake. Linux repeats a lost SYN after 1 s at the earliest, so less than that
    /// turns one lost packet into a failure.
    pub timeout: Duration,
    /// The local address to connect from; `None` lets the routing table choose.
    pub source: Option<IpAddr>,
}

/// Connects to `peer` and measures until the handshake ([RFC 9293 §3.5](https://www.rfc-editor.org/rfc/rfc9293#section-3.5)) is done.
///
/// The stream comes with the attempt exactly when its step completed; `TCP_NODELAY` is set on it.
/// With a source address of the other family nothing is tried, and the step is skipped as `not_asked`.
/// Dropping the future abandons the connect without a trace on the wire.
///
/// # Panics
/// Outside a tokio runtime with I/O and time.
pub async fn connect(
    peer: SocketAddr,
    options: &ConnectOptions,
    timeline: &Timeline,
) -> (TcpAttempt, Option<TcpStream>) {
    if options
        .source
        .is_some_and(|source| source.is_ipv4() != peer.is_ipv4())
    {
        let step = Step::skipped(timeline.offset(Instant::now()), SkipReason::NotAsked);
        return (TcpAttempt { peer, step }, None);
    }
    tracing::debug!(%peer, source = ?options.source, "connecting");
    let mut started = Instant::now();
    let result = match prepare(peer, options) {
        Ok(socket) => {
            started = Instant::now();
            establish(socket, peer, options.timeout, started).await
        }
        Err((stage, error)) => {
            let now = Instant::now();
            Err((
                now,
                cause::failure(stage, errno(&error), None, now.duration_since(started)),
            ))
        }
    };
    let start = timeline.offset(started);
    let (step, stream) = match result {
        Ok((ended, connected, stream)) => (
            Step::completed(start, timeline.offset(ended), connected),
            Some(stream),
        ),
        Err((ended, failure)) => (Step::failed(start, timeline.offset(ended), failure), None),
    };
    match step.failure() {
        Some(failure) => tracing::debug!(%peer, ?failure, "not connected"),
        None => tracing::debug!(%peer, took = ?step.duration, "connected"),
    }
    (TcpAttempt { peer, step }, stream)
}

/// A non-blocking socket, ready to connect.
fn prepare(peer: SocketAddr, options: &ConnectOptions) -> Result<Socket, (Stage, io::Error)> {
    let at_socket = |error| (Stage::Socket, error);
    let socket = Socket::new(Domain::for_address(peer), Type::STREAM, Some(Protocol::TCP))
        .map_err(at_socket)?;
    socket.set_nonblocking(true).map_err(at_socket)?;
    socket.set_tcp_nodelay(true).map_err(at_socket)?;
    if let Err(error) = kernel::queue_icmp_errors(socket.as_fd(), peer.is_ipv6()) {
        tracing::debug!(%peer, %error, "ICMP errors will not be queued");
    }
    if let Some(source) = options.source {
        if let Err(error) = kernel::defer_source_port(socket.as_fd()) {
            tracing::debug!(%error, "the source port is chosen at bind");
        }
        let scope = match peer {
            SocketAddr::V6(peer) => peer.scope_id(),
            SocketAddr::V4(_) => 0,
        };
        let mut local = SocketAddr::new(source, 0);
        if let SocketAddr::V6(local) = &mut local
            && local.ip().is_unicast_link_local()
        {
            // A link-local source needs its interface, which is the peer's.
            local.set_scope_id(scope);
        }
        socket
            .bind(&local.into())
            .map_err(|error| (Stage::Bind, error))?;
    }
    Ok(socket)
}

type Ended<T> = Result<T, (Instant, Failure)>;

async fn establish(
    socket: Socket,
    peer: SocketAddr,
    timeout: Duration,
    started: Instant,
) -> Ended<(Instant, TcpConnected, TcpStream)> {
    match socket.connect(&peer.into()) {
        Ok(()) => {}
        Err(error) if in_progress(&error) => {}
        Err(error) => return Err(explain(&socket, peer, &error, started, Instant::now())),
    }
    let stream = match TcpStream::from_std(socket.into()) {
        Ok(stream) => stream,
        Err(error) => {
            let now = Instant::now();
            let failure = cause::failure(Stage::Socket, errno(&error), None, now - started);
            return Err((now, failure));
        }
    };
    let woken = tokio::time::timeout(timeout, stream.writable()).await;
    // The handshake ended with the wake-up; everything below is our own time.
    let ended = Instant::now();
    match woken {
        // SO_ERROR before the error queue: reading the queue resets it.
        Ok(Ok(())) => match stream.take_error() {
            Ok(None) => {}
            Ok(Some(error)) | Err(error) => {
                return Err(explain(&stream, peer, &error, started, ended));
            }
        },
        Ok(Err(error)) => return Err(explain(&stream, peer, &error, started, ended)),
        Err(_) => return Err((ended, Failure::TimedOut { after: timeout })),
    }
    let local = stream
        .local_addr()
        .map_err(|error| explain(&stream, peer, &error, started, ended))?;
    let connected = TcpConnected {
        peer,
        local,
        info: info(&stream),
    };
    Ok((ended, connected, stream))
}

fn in_progress(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EINPROGRESS | libc::EINTR | libc::EALREADY)
    )
}

/// Joins an error of connect with the error queue of the same, still open socket.
fn explain(
    socket: &impl AsFd,
    peer: SocketAddr,
    error: &io::Error,
    started: Instant,
    ended: Instant,
) -> (Instant, Failure) {
    let errno = errno(error);
    let local = || {
        let local = socket2::SockRef::from(socket).local_addr().ok()?;
        Some(local.as_socket()?.ip().to_canonical())
    };
    let icmp = kernel::next_icmp_error(socket.as_fd()).map(|raw| cause::icmp_error(raw, local()));
    let has_source = errno != libc::EADDRNOTAVAIL || route::source_towards(peer).is_ok();
    let stage = Stage::Connect { has_source };
    let failure = cause::failure(stage, errno, icmp, ended.duration_since(started));
    (ended, failure)
}

/// The number of a system error. tokio's own errors here mean a runtime that shuts down: `ECANCELED`.
fn errno(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::ECANCELED)
}
