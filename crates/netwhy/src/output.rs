//! The one way to standard output, and what kind of terminal it is.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use netwhy_render::TerminalStyle;

use crate::arguments::When;
use crate::failure::Failure;

/// Writes data. A reader that went away early (`| head`) is no failure.
pub(crate) fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::NotMeasured(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Width and colours for standard output: `--color` first, then `NO_COLOR`, `CLICOLOR_FORCE`, and whether it is a terminal.
pub(crate) fn style(when: When) -> TerminalStyle {
    let stdout = std::io::stdout();
    let color = match when {
        When::Always => true,
        When::Never => false,
        When::Auto => AutoStream::choice(&stdout) != ColorChoice::Never,
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let unicode = locale.is_none_or(|locale| {
        locale
            .to_ascii_lowercase()
            .replace('-', "")
            .contains("utf8")
    }) || !stdout.is_terminal();
    TerminalStyle {
        width: width(),
        color,
        unicode,
    }
}

fn width() -> usize {
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let measured = || {
        terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0))
    };
    told.or_else(measured).unwrap_or(100).clamp(20, 200)
}
