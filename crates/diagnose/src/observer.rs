//! Events as they happen. Progress bars hang on them; renderers never reach for data.

use netwhy_report::dns::BulkResult;
use netwhy_report::{Layer, Untrusted};

/// Something happened in a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'run> {
    /// A layer's probe began.
    Began {
        /// Which layer.
        layer: Layer,
        /// The host that it is about.
        host: &'run str,
    },
    /// A layer's probe ended; the report will say how.
    Ended {
        /// Which layer.
        layer: Layer,
    },
    /// A line of a bulk run is done.
    Answered {
        /// What became of it.
        result: &'run BulkResult,
    },
    /// A bulk run waits for input with nothing in flight.
    Idle,
    /// A redirect is followed.
    Redirected {
        /// Where to.
        url: &'run Untrusted,
    },
}

/// Receives events. Calls come from within the run: they must return at once.
pub trait Observer: Sync {
    /// Something happened.
    fn event(&self, event: &Event<'_>);
}

/// An observer that looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}
