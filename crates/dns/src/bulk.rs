//! Many questions at once: a few sockets, many queries in flight, results as they come. Memory depends on the number in
//! flight, never on the length of the input.

mod channel;
mod engine;
mod flight;
mod line;
mod order;
mod source;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use netwhy_report::dns::{BulkRecord, BulkResult};
use netwhy_report::plan::DnsQueryOptions;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::mnemonic::{RecordClass, RecordType};

pub use line::Line;

/// How many questions are asked.
#[derive(Debug, Clone)]
pub struct BulkOptions {
    /// The servers; at least one.
    pub servers: Vec<SocketAddr>,
    /// Each question goes to the next server in turn. Otherwise all go to the first, and to the next after silence.
    pub in_turn: bool,
    /// The type of lines that name none.
    pub record_type: RecordType,
    /// The class.
    pub class: RecordClass,
    /// What the queries say about themselves; without padding and mixed case.
    pub query: DnsQueryOptions,
    /// How long one try waits.
    pub timeout: Duration,
    /// Datagrams per question before it counts as failed; at least one is sent.
    pub tries: u32,
    /// Questions in flight at once; at least one is, at most 32,768 are.
    pub concurrency: usize,
    /// Questions per second at most.
    pub rate: Option<u32>,
    /// Give the results in the order of the input.
    pub ordered: bool,
    /// Local address to ask from, where it has the server's family.
    pub source: Option<IpAddr>,
}

/// Why nothing could be asked.
#[derive(Debug, Error)]
pub enum BulkError {
    /// No socket towards the server.
    #[error("cannot open a socket towards {server}: {error}")]
    Socket {
        /// The server.
        server: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// The options make no message.
    #[error("the options make no query: {0}")]
    Options(#[from] crate::query_message::QueryMessageError),
}

/// What happens while the questions are asked.
#[derive(Debug)]
pub enum Step {
    /// A line is done.
    Result(BulkResult),
    /// Nothing is in flight: a good moment to flush.
    Idle,
}

/// Asks the lines that come through `input`, batch by batch, until it closes or `stop` resolves; each line with a question gives
/// one result. After `stop`, lines in flight give [`netwhy_report::dns::BulkOutcome::Interrupted`].
///
/// Must be called within a tokio runtime; one that has a single thread is the fastest.
///
/// # Errors
/// [`BulkError`] where there is no socket, or no message.
pub async fn run(
    mut input: mpsc::Receiver<Vec<Line>>,
    options: &BulkOptions,
    stop: impl Future<Output = ()>,
    emit: &mut (dyn FnMut(Step) + Send),
) -> Result<BulkRecord, BulkError> {
    let mut engine = engine::Engine::new(options, emit)?;
    engine.run(&mut input, stop).await;
    Ok(engine.finish())
}

#[cfg(test)]
mod tests;
