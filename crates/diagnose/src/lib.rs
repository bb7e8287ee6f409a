//! The one door to the probes: [`run`] takes a plan, walks the layers, and gives back a report.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`observer`] | events as they happen: progress hangs on them |
//! | [`stop`] | interruption and the deadline, as one signal |
//! | `run` | what every run shares: clock, stop signal, limits |
//! | `client` | the observer's own side: configuration, routes, event-loop lag |
//! | `reach` | from a host to a TCP connection: names, addresses, matrix and race |
//! | `secure` | from a connection to a judged TLS session |
//! | `intermediates` | completion of a chain by the addresses in its certificates |
//! | `side_fetch` | a fetch from an address that a peer chose, under rules |
//! | `hops` | the HTTP exchange, redirect by redirect |
//! | `doubt` | whether DNS sent us to the wrong place |
//! | `walk` | the order of it all |
//! | `caa` | who may issue for the target |
//! | `retrace` | the walk from the root where resolvers fail |
//! | `names` | the plans about names: lookup, trace, compare, check |

mod caa;
mod client;
mod doubt;
mod hops;
mod intermediates;
mod names;
pub mod observer;
mod reach;
mod retrace;
mod run;
mod secure;
mod side_fetch;
pub mod stop;
mod walk;

use std::path::PathBuf;

use netwhy_report::{Plan, Report};

use run::Run;

pub use netwhy_dns::mnemonic::{RecordClass, RecordType};
pub use netwhy_dns::name::DomainName;
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
    /// The name or address of a DNS server leads nowhere.
    #[error(
        "the DNS server {server} has a name that does not resolve; expected one that does, or name@address"
    )]
    ServerUnresolved {
        /// The server.
        server: String,
    },
    /// The file given as root hints cannot be used.
    #[error("cannot use {} as root hints: {reason}", path.display())]
    RootHints {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// No configured server has an address of the family asked for.
    #[error("{} names no DNS server of the address family asked for; expected one, or @SERVER", path.display())]
    NoServer {
        /// The resolver configuration.
        path: PathBuf,
    },
    /// The file of names cannot be read.
    #[error("cannot read {}: {reason}; expected a file with one name per line", path.display())]
    Names {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The file given as trust anchor cannot be used.
    #[error("cannot use {} as trust anchor: {reason}", path.display())]
    TrustAnchor {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Bulk questions cannot be asked.
    #[error(transparent)]
    Bulk(#[from] netwhy_dns::bulk::BulkError),
    /// A type or class is none.
    #[error(transparent)]
    Mnemonic(#[from] netwhy_dns::mnemonic::UnknownMnemonic),
    /// A question that cannot be asked.
    #[error(transparent)]
    Question(#[from] netwhy_dns::query::QueryError),
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
    tracing::info!(subject = plan.subject(), "run begins");
    // Before the clock starts: a query's id and a handshake's key would wait for it, and the wait would look like the network's.
    netwhy_tls::seed_random_generator();
    let run = Run::start(plan.budgets(), observer, interrupt);
    let mut layers = match plan {
        Plan::Diagnose(plan) => walk::walk(plan, &run).await?,
        Plan::DnsLookup(plan) => names::lookup::lookup(plan, &run).await?,
        Plan::DnsTrace(plan) => names::trace::trace(plan, &run).await?,
        Plan::DnsCompare(plan) => names::compare::compare(plan, &run).await?,
        Plan::DnsBulk(plan) => names::bulk::bulk(plan, &run).await?,
        Plan::DnsCheck(plan) => names::check::check(plan, &run).await?,
    };
    layers.client.get_or_insert_with(client::routes);
    Ok(run.finish(plan, layers))
}
