//! What each layer saw, in words, with the mark that the record alone deserves.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use netwhy_explain::Verdict;
use netwhy_report::client::{ClientRecord, FileError};
use netwhy_report::dns::{AddressSource, DnsQuery, DnsRecord, ResolvedAddress, rcode};
use netwhy_report::http::{HttpExchange, HttpRecord, RedirectEnd};
use netwhy_report::tcp::{TcpAttempt, TcpRecord};
use netwhy_report::tls::TlsRecord;
use netwhy_report::{Layer, Outcome, Report, Step};

use super::certificate;
use crate::style::Mark;
use crate::{units, words};

/// A layer's line, before it is set.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) mark: Mark,
    pub(super) words: String,
}

/// Lines about one layer name at most this many addresses or servers.
const NAMED: usize = 4;
/// From here on our own delay is worth telling.
const LATE: Duration = Duration::from_millis(20);

/// This host, if it has something to say.
pub(super) fn client(report: &Report, verdict: &Verdict) -> Option<Seen> {
    let told = report
        .layers
        .client
        .as_ref()
        .map(client_facts)
        .unwrap_or_default();
    let headline = || {
        verdict
            .findings
            .iter()
            .find(|finding| finding.layer == Layer::Client)
            .map(|finding| finding.headline.clone())
    };
    let words = if told.is_empty() {
        headline()?
    } else {
        told.join("; ")
    };
    Some(Seen {
        mark: Mark::Fine,
        words,
    })
}

fn client_facts(client: &ClientRecord) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(conf) = &client.resolv_conf {
        match conf.error {
            Some(FileError::Missing) => facts.push(format!("{} does not exist", conf.path)),
            Some(FileError::Forbidden) => facts.push(format!("{} may not be read", conf.path)),
            Some(FileError::Unreadable) => facts.push(format!("{} cannot be read", conf.path)),
            None if conf.servers.is_empty() => facts.push(format!("{} names no server", conf.path)),
            None => {}
        }
    }
    for proxy in client.proxies.iter().filter(|proxy| proxy.applies) {
        facts.push(format!(
            "{} is set: other tools go through {}, this run does not",
            proxy.name,
            proxy.value.escaped()
        ));
    }
    if let Some(lag) = client.event_loop.as_ref().filter(|lag| lag.max >= LATE) {
        facts.push(format!(
            "this host ran up to {} late: timings are suspect",
            units::duration(lag.max, false)
        ));
    }
    facts
}

fn step_mark<T>(step: &Step<T>) -> Mark {
    match step.outcome {
        Outcome::Completed { .. } => Mark::Fine,
        Outcome::Failed { .. } => Mark::Broken,
        Outcome::Skipped { .. } => Mark::Unmeasured,
    }
}

pub(super) fn dns(record: &DnsRecord, unicode: bool) -> Seen {
    let words = match &record.resolution.outcome {
        Outcome::Completed { value } => resolved(value),
        Outcome::Skipped { reason } => words::skipped(Layer::Dns, reason),
        Outcome::Failed { failure } => {
            let told = unresolved(&record.queries, unicode);
            if told.is_empty() {
                words::failure(failure, unicode)
            } else {
                capped(&told, "; ")
            }
        }
    };
    Seen {
        mark: step_mark(&record.resolution),
        words,
    }
}

fn resolved(addresses: &[ResolvedAddress]) -> String {
    let mut sources: Vec<String> = Vec::new();
    for address in addresses {
        let source = match &address.source {
            AddressSource::Hosts { line } => format!("the hosts file (line {line})"),
            AddressSource::Server { server } => server_name(*server),
        };
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let mut words = format!(
        "{} from {}",
        units::count(addresses.len(), "address", "addresses"),
        capped(&sources, ", ")
    );
    if let Some(ttl) = addresses.iter().filter_map(|address| address.ttl).min() {
        words.push_str(&format!(", TTL {ttl}"));
    }
    words
}

/// What the servers said instead of an address, each server and answer once.
fn unresolved(queries: &[DnsQuery], unicode: bool) -> Vec<String> {
    let mut told = Vec::new();
    for query in queries {
        let server = server_name(query.server);
        let words = match &query.step.outcome {
            Outcome::Completed { value } if value.cname_loop => format!("CNAME loop from {server}"),
            Outcome::Completed { value }
                if value.rcode == rcode::NOERROR && value.addresses.is_empty() =>
            {
                format!("no {} record from {server}", query.record_type.name())
            }
            Outcome::Completed { value } if value.rcode == rcode::NOERROR => continue,
            Outcome::Completed { value } => format!("{} from {server}", value.rcode_name),
            Outcome::Failed { failure } => format!("{server} {}", words::failure(failure, unicode)),
            Outcome::Skipped { .. } => continue,
        };
        if !told.contains(&words) {
            told.push(words);
        }
    }
    told
}

/// A DNS server, its port only where it is not 53.
fn server_name(server: SocketAddr) -> String {
    if server.port() == 53 {
        server.ip().to_string()
    } else {
        server.to_string()
    }
}

fn capped(items: &[String], separator: &str) -> String {
    let mut words = items
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(separator);
    if items.len() > NAMED {
        words.push_str(&format!("{separator}+{} more", items.len() - NAMED));
    }
    words
}

pub(super) fn tcp(record: &TcpRecord, unicode: bool) -> Seen {
    let attempts = if record.matrix.is_empty() {
        &record.race_attempts
    } else {
        &record.matrix
    };
    let told: Vec<String> = attempts
        .iter()
        .map(|attempt| tried(attempt, unicode))
        .collect();
    let words = match &record.race.outcome {
        _ if !told.is_empty() => capped(&told, "; "),
        Outcome::Completed { value } => format!("{} open", value.peer),
        Outcome::Failed { failure } => words::failure(failure, unicode),
        Outcome::Skipped { reason } => words::skipped(Layer::Tcp, reason),
    };
    Seen {
        mark: step_mark(&record.race),
        words,
    }
}

fn tried(attempt: &TcpAttempt, unicode: bool) -> String {
    let peer = attempt.peer;
    match &attempt.step.outcome {
        Outcome::Completed { .. } => format!("{peer} open"),
        Outcome::Failed { failure } => format!("{peer} {}", words::failure(failure, unicode)),
        Outcome::Skipped { reason } => format!("{peer} {}", words::skipped(Layer::Tcp, reason)),
    }
}

pub(super) fn tls(record: &TlsRecord, now: Timestamp, unicode: bool) -> Seen {
    let trouble = certificate::trouble(record, now);
    let mut parts: Vec<String> = Vec::new();
    match &record.handshake.outcome {
        Outcome::Failed { failure } => parts.push(words::failure(failure, unicode)),
        Outcome::Skipped { reason } => parts.push(words::skipped(Layer::Tls, reason)),
        Outcome::Completed { value } => {
            parts.extend(trouble.clone());
            parts.push(value.version.clone());
            parts.extend(value.group.clone());
        }
    }
    if trouble.is_none() {
        parts.extend(certificate::validity(record, now));
    }
    let mark = if trouble.is_some() {
        Mark::Broken
    } else {
        step_mark(&record.handshake)
    };
    Seen {
        mark,
        words: parts.join(", "),
    }
}

/// The target's own answer, and how following its redirects ended.
pub(super) fn http(record: &HttpRecord, unicode: bool) -> Seen {
    let Some(first) = record.hops.first() else {
        return Seen {
            mark: Mark::Unmeasured,
            words: "no request was made".to_owned(),
        };
    };
    let Seen { mark, mut words } = exchange(&first.exchange, unicode);
    let followed = record.hops.len() - 1;
    if followed > 0 {
        words.push_str(&format!(
            "; {} followed",
            units::count(followed, "redirect", "redirects")
        ));
    }
    let end = match &record.redirect_end {
        RedirectEnd::Settled => String::new(),
        RedirectEnd::NotFollowed => "; the redirect was not followed".to_owned(),
        RedirectEnd::Loop { back_to } => {
            format!(
                "; the last one leads back to request {}: a loop",
                back_to + 1
            )
        }
        RedirectEnd::BudgetSpent { followed } => format!("; stopped after {followed} redirects"),
        RedirectEnd::Unusable { location: None } => "; a redirect without Location".to_owned(),
        RedirectEnd::Unusable {
            location: Some(location),
        } => format!(
            "; it redirects to \"{}\", which is no HTTP URL",
            location.escaped()
        ),
    };
    Seen {
        mark,
        words: words + &end,
    }
}

/// One exchange: `200, HTTP/2, 18 kB`.
pub(super) fn exchange(exchange: &HttpExchange, unicode: bool) -> Seen {
    let mut parts = Vec::new();
    if let Some(head) = &exchange.head {
        parts.push(head.status.to_string());
        parts.push(head.version.name().to_owned());
    }
    match &exchange.step.outcome {
        Outcome::Completed { value } => {
            if parts.is_empty() {
                parts.push(value.status.to_string());
            }
            let unread = if value.body_cut {
                ", the rest left unread"
            } else {
                ""
            };
            parts.push(units::size(value.body_bytes) + unread);
        }
        Outcome::Failed { failure } => parts.push(words::failure(failure, unicode)),
        Outcome::Skipped { reason } => parts.push(words::skipped(Layer::Http, reason)),
    }
    Seen {
        mark: step_mark(&exchange.step),
        words: parts.join(", "),
    }
}
