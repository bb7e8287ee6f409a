//! `netwhy`: why an endpoint is slow, broken or about to break.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | `arguments` | the command line, as clap reads it |
//! | `asked` | from arguments to a plan |
//! | `commands` | one file per command |
//! | `exit` | exit codes |
//! | `failure` | the one error type, with its one line |
//! | `log` | logs for whoever debugs netwhy itself |
//! | `output` | the one way to standard output |
//! | `progress` | what a person sees while it runs |

mod arguments;
mod asked;
mod commands;
mod exit;
mod failure;
mod log;
mod output;
mod progress;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::arguments::Cli;
use crate::exit::Exit;
use crate::failure::Failure;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            return exit_after(output::write(&error.render().to_string()).map(|()| Exit::Success));
        }
        Err(error) => return exit_after(Err(Failure::usage(failure::one_line(&error)))),
    };
    exit_after(log::start(cli.log.as_deref()).and_then(|()| commands::run(cli)))
}

fn exit_after(result: Result<Exit, Failure>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // Nothing is left to do when standard error is gone as well.
            writeln!(std::io::stderr(), "netwhy: {failure}").ok();
            failure.exit().into()
        }
    }
}
