//! What stands between a question and its answer: flags that matter, tries, the parts of the time, EDNS.

use std::time::Duration;

use netwhy_report::SkipReason;
use netwhy_report::dns::message::{DnsMessage, EdnsOptionRecord};
use netwhy_report::dns::{DnsExchange, DnsTransport, DnsTry, Mismatches};

use super::RECORDS;
use crate::escape::{GLUE, Line, Sheet};
use crate::style::{DIM, TerminalStyle};
use crate::units;

pub(super) fn draw(sheet: &mut Sheet, exchange: &DnsExchange, style: &TerminalStyle) {
    let mut facts = ways(exchange, style);
    if let Some(message) = exchange.reply() {
        facts.extend(flags(message));
    }
    let joined = facts.join(" · ");
    if !joined.is_empty() {
        let joined = if style.unicode {
            joined
        } else {
            joined.replace(" · ", ", ")
        };
        sheet.wrapped(
            Line::new().pad(RECORDS).painted(DIM, ""),
            &joined,
            style.columns(),
        );
    }
    if let Some(message) = exchange.reply() {
        for text in edns(message) {
            sheet.wrapped(Line::new().pad(RECORDS), &text, style.columns());
        }
        for fault in &message.faults {
            let text = format!("malformed at offset {}: {}", fault.offset, fault.reason);
            sheet.wrapped(Line::new().pad(RECORDS), &text, style.columns());
        }
    }
}

/// How the answer came about, where that was more than one datagram and its reply.
fn ways(exchange: &DnsExchange, style: &TerminalStyle) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(one) = exchange.tries.iter().find(|one| one.connect.is_some()) {
        facts.push(parts(one, style));
    }
    if let Some(status) = exchange.tries.iter().find_map(|one| one.http_status) {
        facts.push(format!("HTTP{GLUE}{status}"));
    }
    if exchange.was_truncated() {
        let again = exchange
            .tries
            .iter()
            .any(|one| one.transport == DnsTransport::Tcp);
        if again {
            facts.push("cut over UDP (TC), asked again over TCP".to_owned());
        }
    }
    let datagrams = exchange
        .tries
        .iter()
        .filter(|one| one.transport == DnsTransport::Udp)
        .count();
    match (exchange.reply().is_some(), exchange.retransmits()) {
        (true, 0) if overtaken(&exchange.tries) => {
            facts.push("the answer came after a retransmit was sent".to_owned());
        }
        (true, 0) => {}
        (false, _) if datagrams < 2 => {}
        (true, retransmits) => facts.push(format!(
            "answered after {}",
            units::count(retransmits, "retransmit", "retransmits")
        )),
        (false, _) => facts.push(units::count(datagrams, "datagram", "datagrams") + " sent"),
    }
    if plain_after_rejection(&exchange.tries) {
        facts.push("EDNS rejected, asked again without".to_owned());
    }
    let mut mismatched = Mismatches::default();
    for one in &exchange.tries {
        mismatched.add(&one.mismatched);
    }
    facts.extend(strangers(&mismatched));
    facts
}

/// Whether an earlier datagram was answered while a later one waited.
fn overtaken(tries: &[DnsTry]) -> bool {
    tries
        .iter()
        .any(|one| one.step.skip_reason() == Some(&SkipReason::NotNeeded))
}

/// Whether a try with EDNS was followed by one without.
fn plain_after_rejection(tries: &[DnsTry]) -> bool {
    tries
        .windows(2)
        .any(|pair| pair[0].edns && !pair[1].edns && pair[0].step.value().is_some())
}

fn parts(one: &DnsTry, style: &TerminalStyle) -> String {
    let shown = |duration: Duration| units::duration(duration, style.unicode).replace(' ', GLUE);
    let connect = one.connect.unwrap_or_default();
    let handshake = one.handshake.unwrap_or_default();
    let mut parts = vec![match one.transport {
        DnsTransport::Quic | DnsTransport::H3 => format!("QUIC handshake{GLUE}{}", shown(connect)),
        _ => format!("connect{GLUE}{}", shown(connect)),
    }];
    parts.extend(
        one.handshake
            .map(|handshake| format!("TLS handshake{GLUE}{}", shown(handshake))),
    );
    if let (Some(_), Some(whole)) = (one.step.value(), one.step.duration) {
        let query = whole.saturating_sub(connect).saturating_sub(handshake);
        parts.push(format!("query{GLUE}{}", shown(query)));
    }
    parts.join(", ")
}

fn strangers(mismatched: &Mismatches) -> Option<String> {
    let kinds: Vec<String> = [
        (mismatched.wrong_id, "wrong id"),
        (mismatched.wrong_question, "wrong question"),
        (mismatched.wrong_case, "wrong upper and lower case"),
        (mismatched.wrong_source, "wrong source"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, kind)| format!("{count} with the {kind}"))
    .collect();
    let from: Vec<String> = mismatched.sources.iter().map(ToString::to_string).collect();
    let from = if from.is_empty() {
        String::new()
    } else {
        format!(" ({})", from.join(", "))
    };
    let replies = usize::try_from(mismatched.total()).unwrap_or(usize::MAX);
    (replies > 0).then(|| {
        format!(
            "{} not taken: {}{from}",
            units::count(replies, "reply", "replies"),
            kinds.join(", ")
        )
    })
}

/// Flags that change how an answer is to be read.
fn flags(message: &DnsMessage) -> Vec<String> {
    let flags = &message.flags;
    let mut facts = Vec::new();
    if flags.authoritative {
        facts.push("AA: from an authority".to_owned());
    }
    if flags.authentic {
        facts.push("AD: the server says that it validated".to_owned());
    }
    if flags.recursion_desired && !flags.recursion_available && !flags.authoritative {
        facts.push("no RA: the server offers no recursion".to_owned());
    }
    facts
}

fn edns(message: &DnsMessage) -> Vec<String> {
    let Some(edns) = &message.edns else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    for error in &edns.extended_errors {
        let text = error.text.escaped();
        let text = if text.is_empty() {
            text
        } else {
            format!(": \"{text}\"")
        };
        texts.push(format!("EDE {} ({}){text}", error.code, error.meaning));
    }
    for option in &edns.options {
        texts.extend(match option {
            EdnsOptionRecord::Nsid { id } => Some(format!("NSID \"{}\"", id.escaped())),
            EdnsOptionRecord::ClientSubnet { network, scope } => Some(match scope {
                0 => format!("ECS {network}, scope 0: the same answer for everybody"),
                scope => format!(
                    "ECS {network}, scope {scope}: the answer depends on the client's network"
                ),
            }),
            EdnsOptionRecord::Cookie { server, .. } => Some(match server {
                Some(server) => format!("COOKIE from the server: {server}"),
                None => "COOKIE sent back without a server's part".to_owned(),
            }),
            EdnsOptionRecord::Padding { .. } => None,
            EdnsOptionRecord::Other { code, data } => Some(format!("EDNS option {code}: {data}")),
        });
    }
    texts
}
