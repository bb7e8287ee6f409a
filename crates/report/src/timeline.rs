//! The run's zero point: instants become offsets here. It reads no clock itself.

use std::time::{Duration, Instant};

/// Converts monotonic instants to offsets from the start of the run.
#[derive(Debug, Clone, Copy)]
pub struct Timeline {
    origin: Instant,
}

impl Timeline {
    /// A timeline whose offset 0 is `origin`.
    #[must_use]
    pub fn new(origin: Instant) -> Self {
        Self { origin }
    }

    /// The offset of `at`; an instant before the origin counts as 0.
    #[must_use]
    pub fn offset(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.origin)
    }
}
