//! Interruption and the deadline as one signal: every wait of the walk goes through `Stop::guard`.

use std::future::Future;

use netwhy_report::SkipReason;
use tokio::sync::watch;
use tokio::time::Instant;

/// The side that interrupts a run.
#[derive(Debug)]
pub struct Interrupter(watch::Sender<bool>);

/// The side that a run listens to.
#[derive(Debug, Clone)]
pub struct Interrupt(watch::Receiver<bool>);

/// A connected pair.
#[must_use]
pub fn interrupter() -> (Interrupter, Interrupt) {
    let (sender, receiver) = watch::channel(false);
    (Interrupter(sender), Interrupt(receiver))
}

impl Interrupter {
    /// Ends the run soon, with a partial report.
    pub fn interrupt(&self) {
        self.0.send_replace(true);
    }
}

/// Interruption and deadline of one run.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    interrupt: watch::Receiver<bool>,
    deadline: Instant,
}

impl Stop {
    pub(crate) fn new(interrupt: &Interrupt, deadline: Instant) -> Self {
        Self {
            interrupt: interrupt.0.clone(),
            deadline,
        }
    }

    /// Why the run ends early, if it does.
    pub(crate) fn reason(&self) -> Option<SkipReason> {
        if *self.interrupt.borrow() {
            Some(SkipReason::Interrupted)
        } else if Instant::now() >= self.deadline {
            Some(SkipReason::DeadlineReached)
        } else {
            None
        }
    }

    /// The future's output, or why the run ends first.
    pub(crate) async fn guard<T>(&self, future: impl Future<Output = T>) -> Result<T, SkipReason> {
        if let Some(reason) = self.reason() {
            return Err(reason);
        }
        tokio::select! {
            output = future => Ok(output),
            reason = self.stopped() => Err(reason),
        }
    }

    /// Ready when the run ends early, with the reason.
    pub(crate) async fn stopped(&self) -> SkipReason {
        let mut interrupt = self.interrupt.clone();
        tokio::select! {
            () = interrupted(&mut interrupt) => SkipReason::Interrupted,
            () = tokio::time::sleep_until(self.deadline) => SkipReason::DeadlineReached,
        }
    }
}

async fn interrupted(receiver: &mut watch::Receiver<bool>) {
    if receiver.wait_for(|stopped| *stopped).await.is_err() {
        // Nobody is left who could interrupt.
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn an_interruption_ends_a_wait_at_once() {
        let (sender, receiver) = interrupter();
        let stop = Stop::new(&receiver, Instant::now() + Duration::from_secs(60));
        sender.interrupt();
        assert_eq!(
            stop.guard(std::future::pending::<()>()).await,
            Err(SkipReason::Interrupted)
        );
    }

    #[tokio::test]
    async fn the_deadline_ends_a_wait() {
        let (_sender, receiver) = interrupter();
        let stop = Stop::new(&receiver, Instant::now() + Duration::from_millis(20));
        assert_eq!(
            stop.guard(std::future::pending::<()>()).await,
            Err(SkipReason::DeadlineReached)
        );
        assert_eq!(stop.reason(), Some(SkipReason::DeadlineReached));
    }

    #[tokio::test]
    async fn a_dropped_interrupter_does_not_interrupt() {
        let (sender, receiver) = interrupter();
        drop(sender);
        let stop = Stop::new(&receiver, Instant::now() + Duration::from_secs(60));
        assert_eq!(stop.guard(async { 7 }).await, Ok(7));
    }
}
