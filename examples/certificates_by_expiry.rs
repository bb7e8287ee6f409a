//! Lists the certificates of several hosts, the one that ends first at the top.

use std::error::Error;
use std::io::Write as _;

use netwhy_diagnose::{Silent, interrupter, run};
use netwhy_report::{DiagnosePlan, Plan, Section, Target};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut rows = Vec::new();
    for host in std::env::args().skip(1) {
        let plan = Plan::Diagnose(Box::new(DiagnosePlan::new(Target::parse(&host)?)));
        let (_interrupter, interrupt) = interrupter();
        let report = run(&plan, &Silent, &interrupt).await?;
        let leaf = report
            .layers
            .tls
            .as_ref()
            .and_then(Section::record)
            .and_then(|tls| tls.chain.first());
        rows.push((leaf.map(|leaf| leaf.not_after), host));
    }
    rows.sort();
    let mut out = std::io::stdout().lock();
    for (not_after, host) in rows {
        match not_after {
            Some(not_after) => writeln!(out, "{not_after}  {host}")?,
            None => writeln!(out, "no certificate        {host}")?,
        }
    }
    Ok(())
}
