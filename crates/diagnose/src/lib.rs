//! The one door to the probes: [`run`] takes a plan, walks the layers, and gives back a report.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`observer`] | events as they happen: progress hangs on them |
//! | [`stop`] | interruption and the deadline, as one signal |
//! | `client` | the observer's own side: configuration, routes, event-loop lag |
//! | `reach` | from a host to a TCP connection: names, addresses, matrix and race |
//! | `secure` | from a connection to a judged TLS session |
//! | `intermediates` | completion of a chain by the addresses in its certificates |
//! | `hops` | the HTTP exchange, redirect by redirect |
//! | `walk` | the order of it all |

mod client;
mod hops;
mod intermediates;
pub mod observer;
mod reach;
mod secure;
pub mod stop;
mod walk;

use std::path::PathBuf;

use netwhy_report::{Plan, Report};

pub use observer::{Event, Observer, Silent};
pub use stop::{Interrupt, Interrupter, interrupter};

/// netwhy could not do its job; what the network did is never an error.
#[derive(Debug, thiserror::Error)]
pub enum DiagnoseError {
    /// The file given as trust roots cannot be used.
    #[error("cannot use {} as trust roots: {reason}; expected a PEM file of certificates", path.display())]
    Roots {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// Runs a plan. Ends by itself within the plan's deadline, or soon after an interruption, always with a valid report.
///
/// # Errors
/// [`DiagnoseError`] where a file that the plan names cannot be used; nothing has been sent then.
pub async fn run(
    plan: &Plan,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<Report, DiagnoseError> {
    walk::walk(plan, observer, interrupt).await
}
