//! `netwhy dns …`: lookups and what is built on them.

use netwhy_report::Plan;

use crate::arguments::dns::{DnsCommand, LookupArguments};
use crate::arguments::{Judgement, Look};
use crate::asked;
use crate::commands::diagnose;
use crate::exit::Exit;
use crate::failure::Failure;

/// Runs the command; without a subcommand it is a lookup.
pub(crate) fn run(command: Option<&DnsCommand>, lookup: &LookupArguments) -> Result<Exit, Failure> {
    match command {
        None => report(&asked::dns::lookup(lookup)?, lookup.look, lookup.judgement),
        Some(DnsCommand::Lookup(lookup)) => {
            report(&asked::dns::lookup(lookup)?, lookup.look, lookup.judgement)
        }
        Some(DnsCommand::Trace(trace)) => {
            report(&asked::dns::trace(trace)?, trace.look, trace.judgement)
        }
        Some(DnsCommand::Compare(compare)) => report(
            &asked::dns::compare::compare(compare)?,
            compare.look,
            compare.judgement,
        ),
    }
}

fn report(plan: &Plan, look: Look, judgement: Judgement) -> Result<Exit, Failure> {
    let runtime = diagnose::runtime()?;
    let ended = runtime.block_on(diagnose::report(plan, look, judgement));
    runtime.shutdown_background();
    ended
}
