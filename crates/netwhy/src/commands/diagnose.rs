//! `netwhy TARGET`: the walk through the layers, its report, its exit code.

use netwhy_diagnose::{DiagnoseError, interrupter};
use netwhy_explain::{Severity, Status, Verdict, judge};
use netwhy_report::{Plan, Report, SkipReason};
use tokio::runtime::Runtime;

use crate::arguments::{DiagnoseArguments, FailOn, Judgement, Look};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{asked, output};

/// Runs the command.
pub(crate) fn run(arguments: &DiagnoseArguments) -> Result<Exit, Failure> {
    let plan = asked::plan(arguments)?;
    let runtime = runtime()?;
    let layout = Layout::of(arguments.judgement);
    let ended = runtime.block_on(report(&plan, layout, arguments.look, arguments.judgement));
    // A lookup thread that still blocks must not hold up the exit.
    runtime.shutdown_background();
    ended
}

/// Two workers: one for the probes, one so that cryptography does not delay a stamp.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    started(
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(512 * 1024),
    )
}

/// One thread for everything: a lookup waits more than it works, and starting workers would take longer than its answer.
pub(crate) fn light_runtime() -> Result<Runtime, Failure> {
    started(&mut tokio::runtime::Builder::new_current_thread())
}

fn started(builder: &mut tokio::runtime::Builder) -> Result<Runtime, Failure> {
    let built = builder.enable_all().build();
    built.map_err(|error| Failure::NotMeasured(format!("cannot start the runtime: {error}")))
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Picture,
    Json,
    /// The data of a lookup alone.
    Short,
    /// A lookup as dig prints it.
    Dig,
}

impl Layout {
    /// The one that the options of every command choose.
    pub(crate) fn of(judgement: Judgement) -> Self {
        match judgement.json {
            true => Self::Json,
            false => Self::Picture,
        }
    }
}

/// Runs a plan, judges, prints.
pub(crate) async fn report(
    plan: &Plan,
    layout: Layout,
    look: Look,
    judgement: Judgement,
) -> Result<Exit, Failure> {
    let (report, verdict) = diagnose(plan, !judgement.quiet).await?;
    let text = match layout {
        Layout::Json => netwhy_render::json(&report, &verdict)
            .map_err(|error| Failure::Internal(error.to_string()))?,
        Layout::Picture => netwhy_render::terminal(&report, &verdict, &output::style(look.color)),
        Layout::Short => netwhy_render::lookup_short(&report),
        Layout::Dig => netwhy_render::lookup_like_dig(&report),
    };
    output::write(&text)?;
    Ok(exit(&report, &verdict, judgement.fail_on))
}

/// Runs a plan; SIGINT and SIGTERM end it early with what it has.
pub(crate) async fn diagnose(plan: &Plan, progress: bool) -> Result<(Report, Verdict), Failure> {
    let (interrupter, interrupt) = interrupter();
    let signals = tokio::spawn(async move {
        termination().await;
        interrupter.interrupt();
        // The sender stays alive until the run has ended.
        std::future::pending::<()>().await;
    });
    let progress = Progress::new(progress);
    let ended = netwhy_diagnose::run(plan, &progress, &interrupt).await;
    progress.finish();
    signals.abort();
    let report = ended.map_err(|error: DiagnoseError| Failure::usage(error.to_string()))?;
    let verdict = judge(&report);
    Ok((report, verdict))
}

/// Resolves when a person or a supervisor asks for the end.
pub(crate) async fn termination() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

/// The exit code of a diagnosis.
pub(crate) fn exit(report: &Report, verdict: &Verdict, fail_on: FailOn) -> Exit {
    let interrupted = [
        report
            .layers
            .dns
            .as_ref()
            .and_then(|section| section.skip_reason()),
        report
            .layers
            .tcp
            .as_ref()
            .and_then(|section| section.skip_reason()),
        report
            .layers
            .tls
            .as_ref()
            .and_then(|section| section.skip_reason()),
        report
            .layers
            .http
            .as_ref()
            .and_then(|section| section.skip_reason()),
    ];
    let by_person = interrupted.contains(&Some(&SkipReason::Interrupted));
    let deadline = report
        .limits_hit
        .iter()
        .any(|hit| hit.limit == netwhy_report::Limit::Deadline);
    let worst = verdict
        .findings
        .iter()
        .map(|finding| finding.severity)
        .max();
    let threshold = match fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Notice => Some(Severity::Notice),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    };
    match (threshold, worst) {
        _ if !report.complete && (by_person || !deadline) => Exit::Interrupted,
        (Some(threshold), Some(worst)) if worst >= threshold => Exit::Finding,
        _ if !report.complete || !left_the_root(report) || verdict.status == Status::Unknown => {
            Exit::NotMeasured
        }
        _ => Exit::Success,
    }
}

/// A trace that no root server answered measured nothing; a diagnosis does without its walk, and a zone check where resolvers
/// know the zone's servers.
fn left_the_root(report: &Report) -> bool {
    let check = report
        .layers
        .dns_check
        .as_ref()
        .and_then(|section| section.record());
    if check.is_some_and(|record| !record.addresses.is_empty()) {
        return true;
    }
    let trace = report
        .layers
        .dns_trace
        .as_ref()
        .filter(|_| report.target().is_none());
    trace.is_none_or(|section| {
        section
            .record()
            .is_some_and(netwhy_report::dns::TraceRecord::left_the_root)
    })
}
