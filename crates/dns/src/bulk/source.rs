//! The lines that wait to be asked.

use std::collections::VecDeque;

use tokio::sync::mpsc::{self, error::TryRecvError};

use super::line::Line;

/// The lines that wait, and where more come from.
pub(super) struct Source<'run> {
    pub(super) input: &'run mut mpsc::Receiver<Vec<Line>>,
    pub(super) lines: VecDeque<Line>,
    pub(super) open: bool,
}

impl Source<'_> {
    /// The next line, if one is there without waiting.
    pub(super) fn next(&mut self) -> Option<Line> {
        if self.lines.is_empty() {
            match self.input.try_recv() {
                Ok(batch) => self.lines.extend(batch),
                Err(TryRecvError::Disconnected) => self.open = false,
                Err(TryRecvError::Empty) => {}
            }
        }
        self.lines.pop_front()
    }

    pub(super) fn take(&mut self, batch: Option<Vec<Line>>) {
        match batch {
            Some(batch) => self.lines.extend(batch),
            None => self.open = false,
        }
    }

    pub(super) fn is_dry(&self) -> bool {
        !self.open && self.lines.is_empty()
    }
}
