//! Where servers agree about a question, and where they differ.

use std::collections::BTreeSet;

use netwhy_report::dns::DnsExchange;
use netwhy_report::dns::message::Question;

use crate::escape::{Line, Sheet};
use crate::style::{BOLD, Mark, TerminalStyle};
use crate::units;

/// Records named per difference.
const NAMED: usize = 4;

/// What a server said to a question, TTLs aside.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    rcode: String,
    records: BTreeSet<String>,
}

pub(super) fn draw(sheet: &mut Sheet, exchanges: &[DnsExchange], style: &TerminalStyle) {
    let mut questions: Vec<&Question> = Vec::new();
    for exchange in exchanges {
        if !questions.contains(&&exchange.question) {
            questions.push(&exchange.question);
        }
    }
    for question in questions {
        let said: Vec<(String, Said)> = exchanges
            .iter()
            .filter(|exchange| exchange.question == *question)
            .filter_map(|exchange| Some((exchange.server.display(), said(exchange)?)))
            .collect();
        if said.len() > 1 {
            compare(sheet, question, &said, style);
        }
    }
}

fn said(exchange: &DnsExchange) -> Option<Said> {
    // What was cut cannot be compared.
    let message = exchange.reply().filter(|reply| !reply.flags.truncated)?;
    Some(Said {
        rcode: message.rcode_name.clone(),
        records: message
            .answer
            .iter()
            .map(|record| format!("{} {}", record.record_type, record.data.escaped()))
            .collect(),
    })
}

fn compare(sheet: &mut Sheet, question: &Question, said: &[(String, Said)], style: &TerminalStyle) {
    let (_, first) = &said[0];
    let title = format!("{} ", question.record_type);
    if said.iter().all(|(_, other)| other == first) {
        sheet.line(
            Line::new()
                .painted(Mark::Fine.paint(), style.mark(Mark::Fine))
                .text(" ")
                .painted(BOLD, &title)
                .text(&format!(
                    "{} agree",
                    units::count(said.len(), "server", "servers")
                )),
        );
        return;
    }
    sheet.line(
        Line::new()
            .painted(Mark::Warning.paint(), style.mark(Mark::Warning))
            .text(" ")
            .painted(BOLD, &title)
            .text("the servers differ:"),
    );
    let mut groups: Vec<(&Said, Vec<&str>)> = Vec::new();
    for (server, what) in said {
        match groups.iter_mut().find(|(known, _)| *known == what) {
            Some((_, servers)) => servers.push(server),
            None => groups.push((what, vec![server])),
        }
    }
    for (what, servers) in groups {
        let text = format!("{}: {}", servers.join(", "), shown(what));
        sheet.wrapped(Line::new().pad(4), &text, style.columns());
    }
}

fn shown(said: &Said) -> String {
    if said.records.is_empty() {
        return match said.rcode.as_str() {
            "NOERROR" => "no such record".to_owned(),
            rcode => rcode.to_owned(),
        };
    }
    let named: Vec<&str> = said
        .records
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect();
    let more = said.records.len().saturating_sub(NAMED);
    let more = match more {
        0 => String::new(),
        more => format!(", +{more} more"),
    };
    format!("{}{more}", named.join(", "))
}
