//! Diagnoses one URL from code: plan, run, judge, render.

use std::error::Error;
use std::io::Write as _;

use netwhy_diagnose::{Silent, interrupter, run};
use netwhy_explain::judge;
use netwhy_render::{TerminalStyle, terminal};
use netwhy_report::{DiagnosePlan, Plan, Target};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("usage: diagnose_url URL")?;
    let plan = Plan::Diagnose(Box::new(DiagnosePlan::new(Target::parse(&url)?)));
    let (_interrupter, interrupt) = interrupter();
    let report = run(&plan, &Silent, &interrupt).await?;
    let verdict = judge(&report);
    let style = TerminalStyle {
        width: 100,
        color: false,
        unicode: true,
    };
    std::io::stdout().write_all(terminal(&report, &verdict, &style).as_bytes())?;
    Ok(())
}
