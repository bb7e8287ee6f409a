//! What a person sees while it runs: one line on standard error, only if that is a terminal.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use netwhy_diagnose::{Event, Observer};

/// A spinner that names the layer at work.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Visible only on a terminal, and only if wanted.
    pub(crate) fn new(wanted: bool) -> Self {
        // Log lines would tear a line that redraws itself.
        let logs = tracing::dispatcher::has_been_set();
        if !wanted || logs || !std::io::stderr().is_terminal() {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}  {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    /// Takes the line away again.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Began { layer, host } => {
                self.bar.set_message(format!("{} {host}", layer.name()));
            }
            Event::Redirected { url } => self
                .bar
                .set_message(format!("redirected to {}", url.escaped())),
            Event::Ended { .. } | Event::Answered { .. } | Event::Idle => {}
        }
    }
}
