//! A lookup: per server and question one line, then the records as a zone file would have them, and where servers differ.

mod agreement;
mod facts;
mod hex_dump;
mod records;

use netwhy_report::dns::message::DnsMessage;
use netwhy_report::dns::{DnsExchange, rcode};
use netwhy_report::{Layer, Outcome, Plan, Report};

use crate::escape::{Line, Sheet, columns, wrap};
use crate::style::{BOLD, DIM, Mark, TerminalStyle};
use crate::{units, words};

/// Where the records of an answer begin.
const RECORDS: usize = 6;

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let Some(record) = &report.layers.dns_lookup else {
        return;
    };
    let given = report.plan.subject();
    let other_names = record
        .exchanges
        .iter()
        .any(|exchange| exchange.question.name.escaped() != given);
    let widest = record
        .exchanges
        .iter()
        .map(|exchange| title(exchange, other_names).len())
        .max()
        .unwrap_or_default();
    for exchange in &record.exchanges {
        let title = title(exchange, other_names);
        head(sheet, exchange, &format!("{title:widest$}"), style);
        facts::draw(sheet, exchange, style);
        if let Some(message) = exchange.reply() {
            records::draw(sheet, message, style);
        }
        if let Some(broken) = &exchange.undecodable {
            hex_dump::draw(sheet, broken, style);
        }
    }
    sheet.gap();
    agreement::draw(sheet, &record.exchanges, style);
    system_path(sheet, report, style);
}

/// The type, and the name where others than the given one were asked for.
fn title(exchange: &DnsExchange, other_names: bool) -> String {
    let question = &exchange.question;
    let class = match question.class.as_str() {
        "IN" => String::new(),
        class => format!("{class} "),
    };
    if other_names {
        format!(
            "{class}{} {}",
            question.record_type,
            question.name.escaped()
        )
    } else {
        format!("{class}{}", question.record_type)
    }
}

fn head(sheet: &mut Sheet, exchange: &DnsExchange, title: &str, style: &TerminalStyle) {
    let (mark, said) = match &exchange.step.outcome {
        Outcome::Completed { value } => said(value),
        Outcome::Failed { failure } => (Mark::Broken, words::failure(failure, style.unicode)),
        Outcome::Skipped { reason } => (Mark::Unmeasured, words::skipped(Layer::Dns, reason)),
    };
    let time = exchange
        .step
        .duration
        .map(|duration| units::duration(duration, style.unicode))
        .unwrap_or_default();
    let lead = Line::new()
        .pad(2)
        .painted(mark.paint(), style.mark(mark))
        .text(" ")
        .painted(BOLD, title)
        .text("  ");
    let begin = 2 + style.mark(mark).chars().count() + 1 + columns(title) + 2;
    let room = style
        .columns()
        .saturating_sub(begin + time.chars().count() + 2);
    let text = format!("{} {said}", shown_server(exchange));
    let mut lead = Some(lead);
    for part in wrap(&text, room) {
        let first = lead.is_some();
        let line = lead.take().unwrap_or_else(|| Line::new().pad(begin));
        let line = line.text(&part);
        sheet.line(if first && !time.is_empty() {
            let gap = style
                .columns()
                .saturating_sub(begin + columns(&part) + time.chars().count());
            line.text(&" ".repeat(gap)).painted(DIM, &time)
        } else {
            line
        });
    }
}

/// What a reply says about the question, in a few words.
fn said(message: &DnsMessage) -> (Mark, String) {
    let nothing = message.answer.is_empty();
    if message.flags.truncated && message.rcode == rcode::NOERROR {
        let count = units::count(message.answer.len(), "record", "records");
        return (
            Mark::Warning,
            format!("{count} and a cut (TC): more are missing"),
        );
    }
    match message.rcode {
        rcode::NOERROR if !nothing => {
            let count = units::count(message.answer.len(), "record", "records");
            (Mark::Fine, count)
        }
        rcode::NOERROR if is_referral(message) => (
            Mark::Fine,
            "refers to other servers, has no answer of its own".to_owned(),
        ),
        rcode::NOERROR => (Mark::Fine, "the name exists, not with this type".to_owned()),
        rcode::NXDOMAIN => (
            Mark::Warning,
            "NXDOMAIN: the name does not exist".to_owned(),
        ),
        rcode::REFUSED => (Mark::Broken, "REFUSED: it will not answer us".to_owned()),
        rcode::SERVFAIL => (
            Mark::Broken,
            "SERVFAIL: it found no answer that it trusts".to_owned(),
        ),
        _ => (Mark::Broken, message.rcode_name.clone()),
    }
}

fn is_referral(message: &DnsMessage) -> bool {
    let has = |wanted: &str| {
        message
            .authority
            .iter()
            .any(|record| record.record_type == wanted)
    };
    has("NS") && !has("SOA") && !message.flags.authoritative
}

/// The server, with the address behind its name where it was looked up.
fn shown_server(exchange: &DnsExchange) -> String {
    let server = &exchange.server;
    match exchange.address {
        Some(address) if server.address.is_none() => {
            format!("{} ({}):", server.display(), address.ip())
        }
        _ => format!("{}:", server.display()),
    }
}

/// What programs on this host would ask for, where that is not the name as given.
fn system_path(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let (Plan::DnsLookup(plan), Some(record)) = (&report.plan, &report.layers.dns_lookup) else {
        return;
    };
    let given = plan.name.escaped();
    let first = record.candidates.first();
    if plan.search || first.is_none_or(|first| first == given.trim_end_matches('.')) {
        return;
    }
    let tried: Vec<String> = record
        .candidates
        .iter()
        .map(|name| format!("{name}."))
        .collect();
    sheet.wrapped(
        Line::new().painted(DIM, "note:").text(" "),
        &format!(
            "{given} was asked for as it stands; programs on this host try {} in this order (search list of {}); \
             --search does the same",
            tried.join(", "),
            plan.dns.resolv_conf.display()
        ),
        style.columns(),
    );
}
