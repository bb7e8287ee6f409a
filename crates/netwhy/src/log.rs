//! Logs for whoever debugs netwhy itself: off unless asked for, one line each on standard error. What came from the
//! network is in the values, so every value is escaped here; secrets are never put into an event.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::Instant;

use netwhy_report::untrusted::escape;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::failure::{Failure, did_you_mean};

/// The variable that stands in for `--log`.
const VARIABLE: &str = "NETWHY_LOG";

/// The parts of netwhy that speak, as a filter names them, with their crates. Libraries below never do: they would log
/// header fields.
const PARTS: [(&str, &str); 5] = [
    ("diagnose", "netwhy_diagnose"),
    ("dns", "netwhy_dns"),
    ("tcp", "netwhy_tcp"),
    ("tls", "netwhy_tls"),
    ("http", "netwhy_http_timing"),
];
const LEVELS: [(&str, LevelFilter); 6] = [
    ("off", LevelFilter::OFF),
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];
/// Characters of one value that are shown.
const VALUE: usize = 1024;

/// Switches logs on if the option or else the variable asks for them.
pub(crate) fn start(option: Option<&str>) -> Result<(), Failure> {
    let variable = std::env::var_os(VARIABLE).map(|value| value.to_string_lossy().into_owned());
    let given = match (option, variable.as_deref()) {
        (Some(filter), _) => Some(("--log", filter)),
        (None, Some(filter)) if !filter.is_empty() => Some((VARIABLE, filter)),
        _ => None,
    };
    let Some((source, filter)) = given else {
        return Ok(());
    };
    let targets =
        targets(filter).map_err(|reason| Failure::usage(format!("{source}: {reason}")))?;
    let lines = Lines {
        begun: Instant::now(),
    };
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(targets));
    tracing::subscriber::set_global_default(subscriber)
        .map_err(|error| Failure::Internal(error.to_string()))
}

/// `LEVEL` or `PART=LEVEL`, separated by commas; the later one wins.
fn targets(filter: &str) -> Result<Targets, String> {
    let mut targets = Targets::new();
    for directive in filter.split(',').map(str::trim) {
        let (part, level) = match directive.split_once('=') {
            Some((part, level)) => (Some(part.trim()), level.trim()),
            None => (None, directive),
        };
        let level = chosen(&LEVELS, level).ok_or_else(|| unknown("level", level, &LEVELS))?;
        match part {
            Some(part) => {
                let target = chosen(&PARTS, part).ok_or_else(|| unknown("part", part, &PARTS))?;
                targets = targets.with_target(target, level);
            }
            None => targets = targets.with_targets(PARTS.map(|(_, target)| (target, level))),
        }
    }
    Ok(targets)
}

fn chosen<T: Copy>(known: &[(&str, T)], name: &str) -> Option<T> {
    known
        .iter()
        .find(|(one, _)| one.eq_ignore_ascii_case(name))
        .map(|(_, value)| *value)
}

fn unknown<T>(kind: &str, given: &str, known: &[(&str, T)]) -> String {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    format!(
        "\"{}\" is not a {kind}; expected LEVEL or PART=LEVEL with a {kind} of {}{}",
        escape(given),
        names.join(", "),
        did_you_mean(given, names.iter().copied())
    )
}

/// Writes each event as a line.
struct Lines {
    begun: Instant,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let crate_name = metadata.target().split("::").next().unwrap_or_default();
        let part = PARTS.iter().find(|(_, target)| *target == crate_name);
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = format!(
            "{:10.3} ms {:5} {}: {}{}\n",
            self.begun.elapsed().as_secs_f64() * 1e3,
            metadata.level().as_str(),
            part.map_or(crate_name, |(name, _)| *name),
            fields.message,
            fields.values
        );
        // One write per line, so that lines of two threads do not mix; a closed standard error is nobody's loss.
        std::io::stderr().write_all(line.as_bytes()).ok();
    }
}

/// The one way of an event's values into a line.
#[derive(Default)]
struct Fields {
    message: String,
    values: String,
}

impl Fields {
    fn add(&mut self, field: &Field, text: &str) {
        let mut shown: String = text.chars().take(VALUE).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        if field.name() == "message" {
            self.message = escape(&shown).into_owned();
            return;
        }
        // Quoted unless it cannot be taken for more than one value: a peer must not be able to forge a field.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/[]%+".contains(c);
        let quoted = if !shown.is_empty() && shown.chars().all(plain) {
            shown
        } else {
            format!("\"{}\"", shown.replace('\\', "\\\\").replace('"', "\\\""))
        };
        // Writing to a string cannot fail.
        write!(self.values, " {}={}", field.name(), escape(&quoted)).ok();
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests;
