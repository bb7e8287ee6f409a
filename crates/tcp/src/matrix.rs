//! Every address at once and independently: one dead address neither hides nor delays the others.

use std::net::SocketAddr;
use std::time::Instant;

use netwhy_report::tcp::TcpAttempt;
use netwhy_report::{SkipReason, Step, Timeline};
use tokio::task::JoinSet;

use crate::connect::{ConnectOptions, connect};

/// Connects under way to a list of addresses. Dropping it abandons those that still run.
#[derive(Debug)]
pub struct Matrix {
    tasks: JoinSet<(usize, TcpAttempt)>,
    /// In the given order; an attempt that has not ended stands here as interrupted.
    attempts: Vec<TcpAttempt>,
}

/// Starts a connect to every address, each in a task of its own that closes its connection as soon as it stands.
///
/// # Panics
/// Outside a tokio runtime.
#[must_use]
pub fn start_matrix(
    addresses: &[SocketAddr],
    options: &ConnectOptions,
    timeline: &Timeline,
) -> Matrix {
    let (options, timeline) = (*options, *timeline);
    let mut tasks = JoinSet::new();
    let mut attempts = Vec::with_capacity(addresses.len());
    for (index, &peer) in addresses.iter().enumerate() {
        let start = timeline.offset(Instant::now());
        let step = Step::skipped(start, SkipReason::Interrupted);
        attempts.push(TcpAttempt { peer, step });
        tasks.spawn(async move {
            let (attempt, _closed_here) = connect(peer, &options, &timeline).await;
            (index, attempt)
        });
    }
    Matrix { tasks, attempts }
}

impl Matrix {
    /// Waits until every connect has ended, each within its timeout. May be dropped and called again.
    pub async fn settled(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            self.record(ended.ok());
        }
    }

    /// Every attempt, in the given order, once all have ended.
    pub async fn finish(mut self) -> Vec<TcpAttempt> {
        self.settled().await;
        self.attempts
    }

    /// Every attempt as it stands, in the given order; those that still run are skipped as `interrupted`.
    pub fn snapshot(&mut self) -> Vec<TcpAttempt> {
        while let Some(ended) = self.tasks.try_join_next() {
            self.record(ended.ok());
        }
        self.attempts.clone()
    }

    /// A task that a shutdown of the runtime cancelled leaves its attempt interrupted.
    fn record(&mut self, ended: Option<(usize, TcpAttempt)>) {
        if let Some((index, attempt)) = ended
            && let Some(place) = self.attempts.get_mut(index)
        {
            *place = attempt;
        }
    }
}
