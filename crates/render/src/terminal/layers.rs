//! One line per layer: a mark, what was seen in words, how long it took. What was not measured says why.

use std::time::Duration;

use netwhy_explain::{Severity, Verdict};
use netwhy_report::dns::{AddressSource, DnsRecord};
use netwhy_report::http::{HttpHop, HttpRecord};
use netwhy_report::tcp::TcpRecord;
use netwhy_report::tls::{ChainFault, NameVerdict, TlsRecord};
use netwhy_report::{Failure, Layer, Report, Section, SkipReason};
use unicode_width::UnicodeWidthStr as _;

use crate::TerminalStyle;
use crate::ink::{Ink, faint, fit, good, of, plain};
use crate::units;

/// Addresses named on the tcp line.
const NAMED: usize = 4;

struct Line {
    layer: Layer,
    failed: bool,
    words: String,
    took: Option<Duration>,
    skipped: bool,
}

pub(super) fn draw(ink: &mut Ink<'_>, report: &Report, verdict: &Verdict, style: &TerminalStyle) {
    let layers = &report.layers;
    let at = report.started_at;
    let lines = [
        layers
            .dns
            .as_ref()
            .map(|section| line(Layer::Dns, section, dns)),
        layers
            .tcp
            .as_ref()
            .map(|section| line(Layer::Tcp, section, tcp)),
        layers
            .tls
            .as_ref()
            .map(|section| line(Layer::Tls, section, |record| tls(record, at))),
        layers
            .http
            .as_ref()
            .map(|section| line(Layer::Http, section, http)),
    ];
    for line in lines.into_iter().flatten() {
        let worst = verdict
            .findings
            .iter()
            .filter(|finding| finding.layer == line.layer)
            .map(|finding| finding.severity)
            .max();
        put(ink, &line, worst, style);
    }
    if let Some(record) = layers
        .http
        .as_ref()
        .and_then(Section::record)
        .filter(|record| record.hops.len() > 1)
    {
        for hop in &record.hops {
            redirect(ink, hop, style);
        }
    }
}

fn line<T>(
    layer: Layer,
    section: &Section<T>,
    seen: impl Fn(&T) -> (bool, String, Option<Duration>),
) -> Line {
    match section {
        Section::Measured { record } => {
            let (failed, words, took) = seen(record);
            Line {
                layer,
                failed,
                words,
                took,
                skipped: false,
            }
        }
        Section::Skipped { reason } => Line {
            layer,
            failed: false,
            words: skipped(reason),
            took: None,
            skipped: true,
        },
    }
}

fn put(ink: &mut Ink<'_>, line: &Line, worst: Option<Severity>, style: &TerminalStyle) {
    let (mark, color) = match worst {
        _ if line.skipped => ("·", faint()),
        Some(Severity::Error) => ("✗", of(Severity::Error)),
        Some(Severity::Warning) => ("‼", of(Severity::Warning)),
        _ if line.failed => ("✗", of(Severity::Error)),
        _ => ("✓", good()),
    };
    let mark = if style.unicode {
        mark
    } else {
        plain_mark(mark)
    };
    let took = line.took.map(units::duration).unwrap_or_default();
    let room = style.width.saturating_sub(10 + took.len() + 2).max(10);
    let words = fit(&line.words, room);
    let gap = style
        .width
        .min(100)
        .saturating_sub(10 + words.width() + took.len())
        .max(2);
    ink.put(plain(), "  ")
        .put(color, mark)
        .put(plain(), &format!(" {:5} ", line.layer.name()));
    ink.put(if line.skipped { faint() } else { plain() }, &words)
        .put(plain(), &" ".repeat(gap))
        .put(faint(), &took)
        .end();
}

fn plain_mark(mark: &str) -> &'static str {
    match mark {
        "✓" => "+",
        "‼" => "!",
        "✗" => "x",
        _ => "-",
    }
}

fn skipped(reason: &SkipReason) -> String {
    match reason {
        SkipReason::DependencyFailed { layer } => format!("skipped: {} failed", layer.name()),
        SkipReason::NotNeeded => "not needed for this target".to_owned(),
        SkipReason::NotAsked => "not asked for".to_owned(),
        SkipReason::NotSpoken => "not spoken on this port".to_owned(),
        SkipReason::Interrupted => "not measured: interrupted".to_owned(),
        SkipReason::DeadlineReached => "not measured: the deadline passed".to_owned(),
        SkipReason::Forbidden { rule } => format!("not done: {rule}"),
    }
}

/// A failure in a few words.
fn failed(failure: &Failure) -> String {
    match failure {
        Failure::TimedOut { after } => format!("timed out after {:.1} s", after.as_secs_f64()),
        Failure::Refused { icmp: None } => "refused".to_owned(),
        Failure::Refused { icmp: Some(icmp) }
        | Failure::Unreachable {
            icmp: Some(icmp), ..
        } => format!("{} (from {})", icmp.meaning(), icmp.from),
        Failure::Unreachable { icmp: None, .. } => "no route".to_owned(),
        Failure::Reset { received: 0 } => "reset before a byte".to_owned(),
        Failure::Reset { received } => format!("reset after {}", units::size(*received)),
        Failure::Closed { received: 0 } => "closed before a byte".to_owned(),
        Failure::Closed { received } => format!("closed after {}", units::size(*received)),
        Failure::PortsExhausted => "no local port left".to_owned(),
        Failure::DescriptorsExhausted => "no file descriptor left".to_owned(),
        Failure::System { errno } => format!("system error {errno}"),
        Failure::NoAddress => "no address".to_owned(),
        Failure::DnsUndecodable { .. } => "undecodable reply".to_owned(),
        Failure::DnsMismatched { replies } => {
            format!("{replies} replies to somebody else's question")
        }
        Failure::TlsAlert { name, .. } => format!("the server refuses: {name}"),
        Failure::NotTls { protocol, .. } => format!(
            "not TLS: {} answers",
            format!("{protocol:?}").to_lowercase()
        ),
        Failure::TlsProtocol { reason } | Failure::HttpMalformed { reason } => reason.clone(),
        Failure::BodyTruncated { received } => {
            format!("the body broke off after {}", units::size(*received))
        }
    }
}

fn dns(record: &DnsRecord) -> (bool, String, Option<Duration>) {
    let took = record.resolution.duration;
    let Some(addresses) = record.resolution.value() else {
        let said: Vec<String> = record
            .queries
            .iter()
            .map(|query| {
                let outcome = query
                    .step
                    .value()
                    .map(|answer| answer.rcode_name.clone())
                    .or_else(|| query.step.failure().map(failed));
                format!(
                    "{} from {}",
                    outcome.unwrap_or_else(|| "not finished".to_owned()),
                    query.server.ip()
                )
            })
            .collect();
        let mut unique: Vec<String> = Vec::new();
        for one in said {
            if !unique.contains(&one) {
                unique.push(one);
            }
        }
        return (
            true,
            if unique.is_empty() {
                "no server to ask".to_owned()
            } else {
                unique.join("; ")
            },
            took,
        );
    };
    let count = match addresses.len() {
        1 => "1 address".to_owned(),
        many => format!("{many} addresses"),
    };
    let from = match addresses.first().map(|first| &first.source) {
        Some(AddressSource::Hosts { line }) => format!("line {line} of the hosts file"),
        Some(AddressSource::Server { server }) => server.ip().to_string(),
        None => "nowhere".to_owned(),
    };
    let ttl = addresses
        .first()
        .and_then(|first| first.ttl)
        .map(|ttl| format!(", TTL {ttl}"))
        .unwrap_or_default();
    (false, format!("{count} from {from}{ttl}"), took)
}

fn tcp(record: &TcpRecord) -> (bool, String, Option<Duration>) {
    let mut open: Vec<String> = record
        .connected()
        .map(|attempt| attempt.peer.to_string())
        .collect();
    let more = open.len().saturating_sub(NAMED);
    open.truncate(NAMED);
    let mut words = if open.is_empty() {
        String::new()
    } else {
        format!("{} open", open.join(", "))
    };
    if more > 0 {
        words = format!("{words} (+{more} more)");
    }
    for attempt in record.failed().take(NAMED) {
        let separator = if words.is_empty() { "" } else { "; " };
        words = format!(
            "{words}{separator}{} {}",
            attempt.peer,
            attempt.step.failure().map(failed).unwrap_or_default()
        );
    }
    if words.is_empty() {
        words = "not finished".to_owned();
    }
    (record.winner().is_none(), words, record.race.duration)
}

fn tls(record: &TlsRecord, now: jiff::Timestamp) -> (bool, String, Option<Duration>) {
    let took = record.handshake.duration;
    let Some(handshake) = record.handshake.value() else {
        return (
            true,
            record
                .handshake
                .failure()
                .map_or_else(|| "not finished".to_owned(), failed),
            took,
        );
    };
    let trouble = record.judgement.as_ref().and_then(|judgement| {
        match (&judgement.faults.first(), &judgement.name) {
            (Some(fault), _) => Some(fault_words(fault)),
            (None, NameVerdict::Mismatch { .. }) => {
                Some("the certificate does not cover this name".to_owned())
            }
            _ => None,
        }
    });
    let parameters = match &handshake.group {
        Some(group) => format!("{}, {group}", handshake.version),
        None => handshake.version.clone(),
    };
    let validity = record.chain.first().map(|leaf| {
        let days = leaf.not_after.duration_since(now).as_hours() / 24;
        format!(
            "certificate valid to {} ({days} days left)",
            leaf.not_after.strftime("%Y-%m-%d")
        )
    });
    (
        false,
        format!("{parameters}; {}", trouble.or(validity).unwrap_or_default()),
        took,
    )
}

fn fault_words(fault: &ChainFault) -> String {
    match fault {
        ChainFault::Expired {
            subject, not_after, ..
        } => format!(
            "\"{}\" expired on {}",
            subject.escaped(),
            not_after.strftime("%Y-%m-%d")
        ),
        ChainFault::NotYetValid {
            subject,
            not_before,
            ..
        } => format!(
            "\"{}\" is not valid before {}",
            subject.escaped(),
            not_before.strftime("%Y-%m-%d")
        ),
        ChainFault::IssuerMissing { issuer, .. } => {
            format!("chain incomplete: \"{}\" is not sent", issuer.escaped())
        }
        ChainFault::SelfSigned { .. } => "self-signed certificate".to_owned(),
        ChainFault::UntrustedRoot { subject, .. } => format!(
            "the chain ends at \"{}\", which is not trusted",
            subject.escaped()
        ),
        ChainFault::ConstraintViolated { rule, .. } => rule.clone(),
        ChainFault::SignatureInvalid { subject, .. } => {
            format!("the signature of \"{}\" is invalid", subject.escaped())
        }
        ChainFault::Malformed { reason, .. } => format!("malformed certificate: {reason}"),
    }
}

fn http(record: &HttpRecord) -> (bool, String, Option<Duration>) {
    let Some(last) = record.last() else {
        return (true, "no request was sent".to_owned(), None);
    };
    let first_start = record
        .hops
        .first()
        .map(|hop| hop.exchange.step.start)
        .unwrap_or_default();
    let took = last
        .exchange
        .step
        .duration
        .map(|_| last.exchange.step.end().saturating_sub(first_start));
    (last.exchange.step.value().is_none(), answered(last), took)
}

fn answered(hop: &HttpHop) -> String {
    let exchange = &hop.exchange;
    let head = exchange
        .head
        .as_ref()
        .map(|head| format!("{}, {}", head.status, head.version.name()));
    let rest = match (
        exchange.step.value(),
        exchange.step.failure(),
        exchange.step.skip_reason(),
    ) {
        (Some(response), _, _) if response.body_cut => {
            Some(format!("more than {}", units::size(response.body_bytes)))
        }
        (Some(response), _, _) => Some(units::size(response.body_bytes)),
        (_, Some(failure), _) => Some(failed(failure)),
        (_, _, Some(reason)) => Some(skipped(reason)),
        _ => None,
    };
    head.into_iter().chain(rest).collect::<Vec<_>>().join(", ")
}

fn redirect(ink: &mut Ink<'_>, hop: &HttpHop, style: &TerminalStyle) {
    let took = hop
        .exchange
        .step
        .duration
        .map(units::duration)
        .unwrap_or_default();
    let words = format!("{}  {}", hop.url.escaped(), answered(hop));
    let room = style.width.saturating_sub(16 + took.len()).max(10);
    ink.put(faint(), "          ")
        .put(plain(), &fit(&words, room))
        .put(faint(), &format!("  {took}"))
        .end();
}
