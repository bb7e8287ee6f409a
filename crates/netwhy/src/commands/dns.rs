//! `netwhy dns …`: lookups and what is built on them.

use netwhy_report::Plan;

use crate::arguments::dns::{DnsCommand, Like, LookupArguments};
use crate::arguments::{Judgement, Look};
use crate::asked;
use crate::commands::bulk;
use crate::commands::diagnose::{self, Layout};
use crate::exit::Exit;
use crate::failure::Failure;

/// Runs the command; without a subcommand it is a lookup.
pub(crate) fn run(command: Option<&DnsCommand>, lookup: &LookupArguments) -> Result<Exit, Failure> {
    match command {
        None => self::lookup(lookup),
        Some(DnsCommand::Lookup(arguments)) => self::lookup(arguments),
        Some(DnsCommand::Trace(trace)) => {
            let plan = asked::dns::trace::trace(trace)?;
            report(
                &plan,
                Layout::of(trace.judgement),
                trace.look,
                trace.judgement,
            )
        }
        Some(DnsCommand::Compare(compare)) => {
            let plan = asked::dns::compare::compare(compare)?;
            report(
                &plan,
                Layout::of(compare.judgement),
                compare.look,
                compare.judgement,
            )
        }
        Some(DnsCommand::Check(check)) => {
            let plan = asked::dns::check::check(check)?;
            report(
                &plan,
                Layout::of(check.judgement),
                check.look,
                check.judgement,
            )
        }
    }
}

fn lookup(arguments: &LookupArguments) -> Result<Exit, Failure> {
    if let Some(file) = &arguments.file {
        return bulk::run(arguments, file);
    }
    let (plan, short) = asked::dns::lookup(arguments)?;
    let layout = match arguments.like {
        _ if short => Layout::Short,
        Some(Like::Dig) => Layout::Dig,
        None => Layout::of(arguments.judgement),
    };
    report(&plan, layout, arguments.look, arguments.judgement)
}

fn report(plan: &Plan, layout: Layout, look: Look, judgement: Judgement) -> Result<Exit, Failure> {
    let runtime = match plan {
        Plan::DnsLookup(_) => diagnose::light_runtime()?,
        _ => diagnose::runtime()?,
    };
    let ended = runtime.block_on(diagnose::report(plan, layout, look, judgement));
    runtime.shutdown_background();
    ended
}
