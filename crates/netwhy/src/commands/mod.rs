//! One file per command.

mod bulk;
mod diagnose;
mod dns;
mod explain;
mod lab;

use crate::arguments::{Cli, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Runs what was asked.
pub(crate) fn run(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        None => diagnose::run(&cli.diagnose),
        Some(Command::Diagnose(arguments)) => diagnose::run(&arguments),
        Some(Command::Dns { command, lookup }) => dns::run(command.as_ref(), &lookup),
        Some(Command::Explain { words, look }) => explain::run(&words, look),
        Some(Command::Schema) => output::write(&netwhy_render::schema()).map(|()| Exit::Success),
        Some(Command::Lab { command }) => lab::run(command),
    }
}
