//! How an address takes the queries of [RFC 8906 §8](https://www.rfc-editor.org/rfc/rfc8906#section-8).

use netwhy_report::dns::DnsExchange;
use netwhy_report::dns::check::{CheckedAddress, Probe};
use netwhy_report::dns::message::{DnsMessage, EdnsOptionRecord};
use netwhy_report::{Failure, Outcome};

/// BADVERS: the version of EDNS is not known ([RFC 6891 §9](https://www.rfc-editor.org/rfc/rfc6891#section-9)).
const BADVERS: u16 = 16;
const NOERROR: u16 = 0;
/// Why a query was taken badly, where nothing came.
pub const SILENCE: &str = "no answer";

/// How a query was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// As it should.
    Well,
    /// As if EDNS had not been there: old, but lawful.
    Ignored,
    /// Wrongly, though an answer came.
    Oddly(String),
    /// Not at all: silence or a refusal, where another query got its answer.
    Badly(String),
    /// Nothing can be told.
    Unmeasured,
}

/// The columns of the matrix, with a short name each.
pub const COLUMNS: [(Probe, &str); 7] = [
    (Probe::Plain, "plain"),
    (Probe::Soa, "edns0"),
    (Probe::Version, "edns1"),
    (Probe::UnknownOption, "option"),
    (Probe::UnknownFlag, "flag"),
    (Probe::DnssecOk, "do"),
    (Probe::UnknownType, "type"),
];

/// How an address takes one of the queries.
#[must_use]
pub fn taken(address: &CheckedAddress, probe: &Probe) -> Taken {
    let Some(exchange) = address.probe(probe) else {
        return Taken::Unmeasured;
    };
    let Some(message) = exchange.reply() else {
        return match silent(exchange) {
            Some(why) if answers_otherwise(address, probe) => Taken::Badly(why),
            _ => Taken::Unmeasured,
        };
    };
    if message.rcode != NOERROR && message.rcode != BADVERS && !answers_otherwise(address, probe) {
        // It refuses whatever comes: that is not about EDNS.
        return Taken::Unmeasured;
    }
    match probe {
        Probe::Plain if message.rcode == NOERROR && message.edns.is_some() => {
            Taken::Oddly("an OPT record that was not asked for".to_owned())
        }
        Probe::Plain => rejected(message).map_or(Taken::Well, Taken::Badly),
        Probe::Version => version(message),
        Probe::UnknownType => rejected(message).map_or(Taken::Well, Taken::Oddly),
        _ => with_edns(message, probe),
    }
}

fn with_edns(message: &DnsMessage, probe: &Probe) -> Taken {
    if let Some(why) = rejected(message) {
        return Taken::Badly(why);
    }
    let Some(edns) = &message.edns else {
        return Taken::Ignored;
    };
    let echoed = edns
        .options
        .iter()
        .any(|option| matches!(option, EdnsOptionRecord::Other { code: 100, .. }));
    match probe {
        Probe::UnknownOption if echoed => Taken::Oddly("sends the unknown option back".to_owned()),
        Probe::DnssecOk if !edns.dnssec_ok => Taken::Ignored,
        _ => Taken::Well,
    }
}

fn version(message: &DnsMessage) -> Taken {
    match (&message.edns, message.rcode) {
        (Some(_), BADVERS) => Taken::Well,
        (None, NOERROR) => Taken::Ignored,
        (Some(_), NOERROR) => Taken::Oddly("takes version 1 for version 0".to_owned()),
        _ => Taken::Oddly(format!("{} instead of BADVERS", message.rcode_name)),
    }
}

/// The code of a reply that refuses the query.
fn rejected(message: &DnsMessage) -> Option<String> {
    (message.rcode != NOERROR).then(|| message.rcode_name.clone())
}

/// Silence, or bytes that are no answer; not what this host itself is the cause of.
fn silent(exchange: &DnsExchange) -> Option<String> {
    match &exchange.step.outcome {
        Outcome::Failed {
            failure: Failure::TimedOut { .. },
        } => Some(SILENCE.to_owned()),
        Outcome::Failed {
            failure: Failure::DnsUndecodable { .. },
        } => Some("an answer that cannot be decoded".to_owned()),
        Outcome::Failed {
            failure: Failure::DnsMismatched { .. },
        } => Some("answers to another question".to_owned()),
        _ => None,
    }
}

/// Whether another query of the matrix got its answer over UDP.
fn answers_otherwise(address: &CheckedAddress, probe: &Probe) -> bool {
    COLUMNS
        .iter()
        .filter(|(other, _)| other != probe)
        .filter_map(|(other, _)| address.probe(other))
        .any(|exchange| exchange.reply().is_some_and(|reply| reply.rcode == NOERROR))
}

/// What an address takes wrongly: column and reason. Where EDNS itself fails, its parts say nothing more.
#[must_use]
pub fn faults(address: &CheckedAddress) -> Vec<(&'static str, Taken)> {
    let fails = matches!(taken(address, &Probe::Soa), Taken::Badly(_));
    let own = [Probe::Plain, Probe::Soa, Probe::UnknownType];
    COLUMNS
        .iter()
        .filter(|(probe, _)| !fails || own.contains(probe))
        .map(|(probe, name)| (*name, taken(address, probe)))
        .filter(|(_, taken)| matches!(taken, Taken::Oddly(_) | Taken::Badly(_)))
        .collect()
}
