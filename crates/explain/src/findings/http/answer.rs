//! The answer that a person sees (the last hop's), what its header fields tell about who made it, and how long it was thought about.

use std::time::Duration;

use netwhy_report::http::{HttpExchange, HttpHead};
use netwhy_report::{Endpoint, Report};

use crate::spans::brief;

/// The last hop's exchange with its head.
#[derive(Clone, Copy)]
pub(super) struct Answer<'r> {
    pub(super) endpoint: Endpoint<'r>,
    pub(super) exchange: &'r HttpExchange,
    pub(super) head: &'r HttpHead,
}

/// Header fields that tell who answered, in the order of their worth (RFC 9209, RFC 9211, RFC 9110).
const TELLING: [&str; 11] = [
    "proxy-status",
    "server",
    "via",
    "retry-after",
    "x-cache",
    "cache-status",
    "cf-cache-status",
    "cf-ray",
    "x-served-by",
    "server-timing",
    "www-authenticate",
];

/// The last hop, if a head came.
pub(super) fn last(report: &Report) -> Option<Answer<'_>> {
    let endpoint = report.endpoints().pop()?;
    let exchange = endpoint.http?;
    Some(Answer {
        endpoint,
        exchange,
        head: exchange.head.as_ref()?,
    })
}

impl Answer<'_> {
    /// The status line, who made it, and after what time: the evidence that all statuses share.
    pub(super) fn facts(&self, report: &Report) -> Vec<String> {
        let mut facts = vec![format!(
            "{} from {}",
            self.head.status,
            crate::command::url(report, &self.endpoint)
        )];
        facts.extend(
            TELLING
                .iter()
                .filter_map(|name| Some(format!("{name}: {}", self.head.header(name)?.escaped()))),
        );
        if self.head.header("proxy-status").is_none() && self.head.header("via").is_none() {
            facts.push("intermediary unknown: neither Proxy-Status nor Via was sent".to_owned());
        }
        facts.extend(think(&self.endpoint, self.exchange).map(|think| think.fact()));
        facts
    }

    /// Who made the answer, as far as its speed tells.
    pub(super) fn maker(&self) -> Option<String> {
        let think = think(&self.endpoint, self.exchange)?;
        let round_trip = think.round_trip?;
        (think.wait < round_trip * 2).then(|| {
            "it came within two round trips: made at the edge, not by a slow backend".to_owned()
        })
    }
}

/// The wait for an answer, taken apart.
pub(super) struct Think {
    /// From the request's last byte to the answer's first.
    pub(super) wait: Duration,
    /// The round-trip time to the peer, if it was measured.
    pub(super) round_trip: Option<Duration>,
    /// What is left: edge and origin.
    pub(super) rest: Duration,
}

impl Think {
    pub(super) fn fact(&self) -> String {
        let wait = brief(self.wait);
        match self.round_trip {
            Some(round_trip) => format!(
                "first byte {wait} after the request; round trip {}, so edge and origin took {}",
                brief(round_trip),
                brief(self.rest)
            ),
            None => format!("first byte {wait} after the request; the round trip was not measured"),
        }
    }
}

/// The think time of one exchange. The round trip is to the edge: what lies behind it counts as thinking.
pub(super) fn think(endpoint: &Endpoint<'_>, exchange: &HttpExchange) -> Option<Think> {
    let wait = exchange.wait()?;
    let kernel = [exchange.kernel.response_start, exchange.kernel.request_end];
    let sampled = kernel
        .into_iter()
        .flatten()
        .find_map(|info| info.min_rtt.or(info.rtt));
    let round_trip = sampled.or_else(|| endpoint.tcp?.round_trip());
    Some(Think {
        wait,
        round_trip,
        rest: wait.saturating_sub(round_trip.unwrap_or_default()),
    })
}

/// Reports for the tests of this layer.
#[cfg(test)]
pub(super) mod specimens {
    use netwhy_report::http::{HeaderField, HttpExchange, HttpHop, HttpRecord};
    use netwhy_report::{Failure, Outcome, Report, Section, Step, Untrusted};

    pub(crate) fn record(report: &mut Report) -> &mut HttpRecord {
        match report.layers.http.as_mut() {
            Some(Section::Measured { record }) => record,
            _ => panic!("the specimen speaks HTTP"),
        }
    }

    pub(crate) fn exchange(report: &mut Report) -> &mut HttpExchange {
        &mut record(report).hops[0].exchange
    }

    /// A report whose target answers with this status and these further header fields.
    pub(crate) fn answered(status: u16, fields: &[(&str, &str)]) -> Report {
        let mut report = crate::specimen::healthy();
        let exchange = exchange(&mut report);
        if let Outcome::Completed { value } = &mut exchange.step.outcome {
            value.status = status;
        }
        let head = exchange.head.as_mut().unwrap();
        head.status = status;
        let field = |(name, value): &(&str, &str)| HeaderField {
            name: (*name).to_owned(),
            value: Untrusted::from(*value),
        };
        head.headers.extend(fields.iter().map(field));
        report
    }

    /// A report whose exchange failed; `head` keeps the head, as when the body broke off.
    pub(crate) fn failed(failure: Failure, head: bool) -> Report {
        let mut report = crate::specimen::healthy();
        let exchange = exchange(&mut report);
        exchange.step = Step::failed(exchange.step.start, exchange.step.end(), failure);
        exchange.stamps.response_end = None;
        if !head {
            exchange.head = None;
            exchange.stamps.response_start = None;
        }
        report
    }

    /// A report that followed redirects over these URLs; the first hop is the specimen's own.
    pub(crate) fn redirected(urls: &[&str]) -> Report {
        let mut report = answered(301, &[]);
        let record = record(&mut report);
        let hop = |url: &&str| {
            let secure = url.starts_with("https");
            HttpHop {
                url: Untrusted::from(*url),
                secure,
                port: if secure { 443 } else { 80 },
                ..record.hops[0].clone()
            }
        };
        let further: Vec<_> = urls.iter().map(hop).collect();
        record.hops.extend(further);
        report
    }
}
