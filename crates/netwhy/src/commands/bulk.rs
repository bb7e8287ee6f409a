//! `netwhy dns -f FILE`: results to standard output as they come, one JSON line each; what a person wants to know to standard error.

use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Stdout, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use netwhy_diagnose::{Event, Interrupter, Observer, interrupter};
use netwhy_report::Report;
use netwhy_report::dns::BulkRecord;

use crate::arguments::FailOn;
use crate::arguments::dns::LookupArguments;
use crate::asked;
use crate::commands::diagnose::termination;
use crate::exit::Exit;
use crate::failure::Failure;

/// How long a result may wait in the buffer while others come.
const STALE: Duration = Duration::from_millis(100);

/// Runs the command.
pub(crate) fn run(arguments: &LookupArguments, file: &Path) -> Result<Exit, Failure> {
    let plan = asked::dns::bulk(arguments, file)?;
    // One thread: a handful of microseconds per question leave no room for waking another one.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::NotMeasured(format!("cannot start the runtime: {error}")))?;
    let (interrupter, interrupt) = interrupter();
    let interrupter = Arc::new(interrupter);
    let stream = Stream::new(Arc::clone(&interrupter), arguments.judgement.quiet);
    let ended = runtime.block_on(async {
        let signals = tokio::spawn(async move {
            termination().await;
            interrupter.interrupt();
        });
        let ended = netwhy_diagnose::run(&plan, &stream, &interrupt).await;
        signals.abort();
        ended
    });
    runtime.shutdown_background();
    stream.finish()?;
    let report = ended.map_err(|error| Failure::usage(error.to_string()))?;
    let record = report.layers.dns_bulk.clone().unwrap_or_default();
    if !arguments.judgement.quiet {
        // Nothing is left to do when standard error is gone.
        writeln!(io::stderr(), "netwhy: {}", summary(&record)).ok();
    }
    Ok(exit(&report, &record, arguments.judgement.fail_on))
}

/// 1 where a line got no reply, unless nothing fails the run.
fn exit(report: &Report, record: &BulkRecord, fail_on: FailOn) -> Exit {
    let failed = record.failed + record.rejected > 0;
    match fail_on {
        _ if !report.complete && !report.limits_hit.is_empty() => Exit::NotMeasured,
        _ if !report.complete => Exit::Interrupted,
        FailOn::Never => Exit::Success,
        _ if failed => Exit::Finding,
        _ => Exit::Success,
    }
}

fn summary(record: &BulkRecord) -> String {
    let seconds = record.elapsed.as_secs_f64();
    let rate = record.answered as f64 / seconds.max(1e-9);
    let mut parts = vec![format!("{} answered", record.answered)];
    for (count, word) in [
        (record.failed, "failed"),
        (record.rejected, "rejected"),
        (record.interrupted, "interrupted"),
        (record.retransmits, "retransmits"),
        (record.over_tcp, "over TCP"),
        (record.strays, "stray datagrams"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let rcodes: Vec<String> = record
        .rcodes
        .iter()
        .map(|(rcode, count)| format!("{rcode} {count}"))
        .collect();
    let rcodes = match rcodes.is_empty() {
        true => String::new(),
        false => format!(" ({})", rcodes.join(", ")),
    };
    format!(
        "{} lines: {}{rcodes} in {seconds:.2} s, {rate:.0} answers/s",
        record.lines,
        parts.join(", ")
    )
}

/// Results on their way to standard output.
struct Stream {
    interrupter: Arc<Interrupter>,
    state: Mutex<State>,
}

struct State {
    out: BufWriter<Stdout>,
    flushed: Instant,
    error: Option<io::Error>,
    bar: ProgressBar,
    results: u64,
}

impl Stream {
    fn new(interrupter: Arc<Interrupter>, quiet: bool) -> Self {
        Self {
            interrupter,
            state: Mutex::new(State {
                out: BufWriter::with_capacity(64 * 1024, io::stdout()),
                flushed: Instant::now(),
                error: None,
                bar: bar(quiet),
                results: 0,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is left. A reader that went away early (`| head`) is no failure.
    fn finish(&self) -> Result<(), Failure> {
        let mut state = self.state();
        state.flush();
        state.bar.finish_and_clear();
        match state.error.take() {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::NotMeasured(
                format!("cannot write to standard output: {error}"),
            )),
            _ => Ok(()),
        }
    }
}

impl State {
    fn flush(&mut self) {
        self.flushed = Instant::now();
        self.bar.set_position(self.results);
        if let Err(error) = self.out.flush() {
            self.error.get_or_insert(error);
        }
    }
}

impl Observer for Stream {
    fn event(&self, event: &Event<'_>) {
        let mut state = self.state();
        match event {
            Event::Answered { result } => {
                if let Err(error) = netwhy_render::bulk_line(result, &mut state.out) {
                    state.error.get_or_insert(error);
                }
                state.results += 1;
                // The clock is read for some results only: they come in tens of thousands per second.
                if state.results.is_multiple_of(16) && state.flushed.elapsed() > STALE {
                    state.flush();
                }
            }
            Event::Idle => state.flush(),
            _ => {}
        }
        if state.error.is_some() {
            // Nobody reads on: asking on would be in vain.
            self.interrupter.interrupt();
        }
    }
}

/// Visible only on a terminal, and only if wanted.
fn bar(quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} results, {per_sec}  {elapsed}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
