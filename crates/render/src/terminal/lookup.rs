//! A lookup: every server with its answers, as a zone file would have them.

use netwhy_report::Outcome;
use netwhy_report::dns::{DnsExchange, LookupRecord};
use netwhy_report::{Layer, Report};

use crate::escape::{Line, Sheet};
use crate::style::{BOLD, DIM, Mark, TerminalStyle};
use crate::{units, words};

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let Some(LookupRecord { exchanges }) = &report.layers.dns_lookup else {
        return;
    };
    for exchange in exchanges {
        head(sheet, exchange, style);
        records(sheet, exchange);
    }
}

fn head(sheet: &mut Sheet, exchange: &DnsExchange, style: &TerminalStyle) {
    let (mark, said) = match &exchange.step.outcome {
        Outcome::Completed { value } => (Mark::Fine, value.rcode_name.clone()),
        Outcome::Failed { failure } => (Mark::Broken, words::failure(failure, style.unicode)),
        Outcome::Skipped { reason } => (Mark::Unmeasured, words::skipped(Layer::Dns, reason)),
    };
    let time = exchange
        .step
        .duration
        .map(|duration| units::duration(duration, style.unicode))
        .unwrap_or_default();
    sheet.line(
        Line::new()
            .painted(mark.paint(), style.mark(mark))
            .text(" ")
            .painted(BOLD, &exchange.question.record_type)
            .text(" from ")
            .text(&exchange.server.display())
            .text(": ")
            .text(&said)
            .text("  ")
            .painted(DIM, &time),
    );
}

fn records(sheet: &mut Sheet, exchange: &DnsExchange) {
    let Some(message) = exchange.reply() else {
        return;
    };
    for record in &message.answer {
        sheet.line(Line::new().text(&format!(
            "    {} {} {} {}",
            record.name.escaped(),
            record.ttl,
            record.record_type,
            record.data.escaped()
        )));
    }
}
