//! Exit codes: a contract with scripts.

use std::process::ExitCode;

/// How a run of netwhy ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: no finding at or above `--fail-on`.
    Success,
    /// 1: such a finding.
    Finding,
    /// 2: the command line or a file that it names is wrong.
    Usage,
    /// 3: it could not be measured.
    NotMeasured,
    /// 4: a mistake in netwhy itself.
    Internal,
    /// 130: interrupted; the report is partial.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Finding => 1,
            Exit::Usage => 2,
            Exit::NotMeasured => 3,
            Exit::Internal => 4,
            Exit::Interrupted => 130,
        })
    }
}
