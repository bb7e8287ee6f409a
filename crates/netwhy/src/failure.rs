//! The one error type of the binary: one line for the person, one exit code for the script.

use clap::error::ErrorKind;
use netwhy_report::untrusted::escape;
use thiserror::Error;

use crate::exit::Exit;

/// Why netwhy could not do its job.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The command line, or a file that it names.
    #[error("{0}")]
    Usage(String),
    /// The lab could not start, or the runtime.
    #[error("{0}")]
    NotMeasured(String),
    /// Our own mistake.
    #[error("internal error: {0}; please report it")]
    Internal(String),
}

impl Failure {
    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self::Usage(line.into())
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::NotMeasured(_) => Exit::NotMeasured,
            Self::Internal(_) => Exit::Internal,
        }
    }
}

/// clap's message without its usage block, on one line.
pub(crate) fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
        let expected = usage.unwrap_or("an argument");
        return format!("nothing is asked for; expected {expected} (more with --help)");
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let told: Vec<&str> = lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .collect();
    let joined = told.join("; ");
    escape(joined.strip_prefix("error: ").unwrap_or(&joined)).into_owned()
}

/// ` — did you mean "near"?` for the nearest of some known words, or nothing.
pub(crate) fn did_you_mean<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = known
        .map(|word| (strsim::jaro_winkler(given, word), word))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((likeness, word)) if likeness > 0.7 => format!(" — did you mean \"{word}\"?"),
        _ => String::new(),
    }
}
