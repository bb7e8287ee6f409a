//! hyper's errors as facts.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use netwhy_report::{Failure, Untrusted};
use tokio::task::JoinHandle;

use crate::exchange::Observation;

/// How long the connection's own task may take to end after its sender was told so.
const ENDING: Duration = Duration::from_millis(200);

/// A request on a connection that had just ended is told no more than that: the connection's own error says why.
pub(crate) async fn origin(
    error: hyper::Error,
    driver: &mut JoinHandle<Option<hyper::Error>>,
) -> hyper::Error {
    if error.source().is_some() || !(error.is_canceled() || error.is_closed()) {
        return error;
    }
    match tokio::time::timeout(ENDING, driver).await {
        Ok(Ok(Some(own))) => own,
        _ => error,
    }
}

/// What is no HTTP is best told by its first line; what follows may hold a cookie.
pub(crate) fn quoting(failure: Failure, opening: &[u8]) -> Failure {
    let line = opening
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .next()
        .unwrap_or_default();
    match failure {
        Failure::HttpMalformed { reason } if !line.is_empty() => Failure::HttpMalformed {
            reason: format!(
                "{reason}; it begins with \"{}\"",
                Untrusted::new(line).escaped()
            ),
        },
        other => other,
    }
}

/// hyper's error as a fact: the I/O error inside it if there is one, else what hyper itself knows.
pub(crate) fn failure(
    error: &hyper::Error,
    observation: Observation<'_>,
    received: u64,
) -> Failure {
    let mut source: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            if let Some(named) = (observation.classify)(io) {
                return named;
            }
            match io.kind() {
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                    return Failure::Reset { received };
                }
                io::ErrorKind::UnexpectedEof => return Failure::Closed { received },
                _ => {}
            }
        }
        source = inner.source();
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return Failure::Closed { received };
    }
    let mut reason = error.to_string();
    if let Some(source) = error.source() {
        reason = format!("{reason}: {source}");
    }
    Failure::HttpMalformed {
        reason: netwhy_report::untrusted::escape(&reason)
            .chars()
            .take(200)
            .collect(),
    }
}
