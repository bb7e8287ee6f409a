//! `netwhy lab`: a miniature internet on loopback that misbehaves on request.

use clap::Parser as _;
use netwhy_explain::Verdict;
use netwhy_lab::{Invocation, Lab, Scenario};
use netwhy_report::Plan;
use netwhy_report::untrusted::escape;

use crate::arguments::{Cli, Judgement, LabCommand, Look};
use crate::commands::diagnose::{self, Layout};
use crate::exit::Exit;
use crate::failure::{Failure, did_you_mean, one_line};
use crate::{asked, output};

/// The stops of the tour: the layers in order.
const TOUR: [&str; 5] = [
    "dns-servfail",
    "tcp-address-down",
    "tls-chain-incomplete",
    "http-server-slow",
    "healthy",
];

/// Runs the command.
pub(crate) fn run(command: LabCommand) -> Result<Exit, Failure> {
    match command {
        LabCommand::List => output::write(&list()).map(|()| Exit::Success),
        LabCommand::Run {
            scenario,
            look,
            judgement,
        } => {
            let scenario = find(&scenario)?;
            block_on(async { run_one(&start().await?, scenario, look, judgement).await })
        }
        LabCommand::Up => block_on(up()),
        LabCommand::Demo { look } => block_on(demo(look)),
    }
}

fn block_on(work: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = diagnose::runtime()?;
    let ended = runtime.block_on(work);
    runtime.shutdown_background();
    ended
}

async fn start() -> Result<Lab, Failure> {
    Lab::start()
        .await
        .map_err(|error| Failure::NotMeasured(format!("cannot start the lab: {error}")))
}

fn find(name: &str) -> Result<&'static Scenario, Failure> {
    netwhy_lab::find(name).ok_or_else(|| {
        let hint = did_you_mean(name, netwhy_lab::scenarios().map(|scenario| scenario.name));
        Failure::usage(format!(
            "\"{}\" is not a scenario; expected one of those that `netwhy lab list` prints{hint}",
            escape(name)
        ))
    })
}

fn list() -> String {
    let width = netwhy_lab::scenarios()
        .map(|scenario| scenario.name.len())
        .max()
        .unwrap_or_default();
    netwhy_lab::scenarios()
        .map(|scenario| format!("{:width$}  {}\n", scenario.name, scenario.summary))
        .collect()
}

/// The command line as a person would type it.
fn command_line(invocation: &Invocation) -> String {
    let words = invocation
        .arguments
        .iter()
        .map(|word| netwhy_explain::shell::quote(word));
    let arguments: Vec<String> = std::iter::once(netwhy_explain::shell::quote(&invocation.target))
        .chain(words)
        .collect();
    format!("netwhy {}", arguments.join(" "))
}

fn plan(invocation: &Invocation) -> Result<Plan, Failure> {
    let words = ["netwhy", &invocation.target]
        .into_iter()
        .chain(invocation.arguments.iter().map(String::as_str));
    let cli = Cli::try_parse_from(words).map_err(|error| Failure::Internal(one_line(&error)))?;
    asked::plan(&cli.diagnose)
}

async fn run_one(
    lab: &Lab,
    scenario: &Scenario,
    look: Look,
    judgement: Judgement,
) -> Result<Exit, Failure> {
    let invocation = lab.invocation(scenario);
    if !judgement.json {
        output::write(&format!(
            "scenario {}: {}\n$ {}\n\n",
            scenario.name,
            scenario.summary,
            command_line(&invocation)
        ))?;
    }
    let layout = Layout::of(judgement);
    diagnose::report(&plan(&invocation)?, layout, look, judgement).await
}

async fn up() -> Result<Exit, Failure> {
    let lab = start().await?;
    let mut text = format!(
        "The lab is up, on loopback alone; its files are in {}.\nTry, in another terminal:\n\n",
        lab.directory().display()
    );
    for scenario in netwhy_lab::scenarios() {
        text.push_str(&format!(
            "# {}\n{}\n\n",
            scenario.summary,
            command_line(&lab.invocation(scenario))
        ));
    }
    for (summary, words) in lab.lookups() {
        let words: Vec<_> = words
            .iter()
            .map(|word| netwhy_explain::shell::quote(word))
            .collect();
        text.push_str(&format!("# {summary}\nnetwhy dns {}\n\n", words.join(" ")));
    }
    text.push_str("Ctrl-C ends it.\n");
    output::write(&text)?;
    diagnose::termination().await;
    Ok(Exit::Success)
}

async fn demo(look: Look) -> Result<Exit, Failure> {
    let lab = start().await?;
    let style = output::style(look.color);
    output::write(
        "A miniature internet runs on loopback: its own root, TLD and zone servers, TLS and HTTP servers.\n\n",
    )?;
    let mut right = 0;
    for (stop, name) in TOUR.iter().enumerate() {
        let scenario = find(name)?;
        let invocation = lab.invocation(scenario);
        let (report, verdict) = diagnose::diagnose(&plan(&invocation)?, true).await?;
        if !report.complete {
            return Ok(Exit::Interrupted);
        }
        right += usize::from(verdict.cause.as_deref() == scenario.code);
        let shown = netwhy_render::terminal(&report, &verdict, &style);
        let next = closing(&verdict);
        let rule = "─".repeat(style.width.min(72));
        output::write(&format!(
            "{rule}\n{}/{} {}: {}\n$ netwhy lab run {name}\n\n{shown}\n{next}\n\n",
            stop + 1,
            TOUR.len(),
            scenario.name,
            scenario.summary
        ))?;
    }
    output::write(&format!(
        "{right} of {} verdicts name the fault that the lab made. More: netwhy lab list\n",
        TOUR.len()
    ))?;
    Ok(if right == TOUR.len() {
        Exit::Success
    } else {
        Exit::Finding
    })
}

fn closing(verdict: &Verdict) -> String {
    match &verdict.cause {
        Some(code) => format!("→ netwhy explain {code}"),
        None => "→ nothing to explain".to_owned(),
    }
}
