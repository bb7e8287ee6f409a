//! The waterfall of one hop: which phase took when, derived from the stamps (W3C Resource Timing).

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Endpoint, nanos};

/// A phase of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Name resolution, until addresses were at hand.
    Dns,
    /// The race, until a connection was established.
    Tcp,
    /// The handshake.
    Tls,
    /// From the request to the first byte of the answer: one round trip plus the server's think time.
    Server,
    /// The body.
    Transfer,
}

impl Phase {
    /// The word on the waterfall.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Server => "server",
            Self::Transfer => "transfer",
        }
    }
}

/// One bar of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseSpan {
    /// Which phase.
    pub phase: Phase,
    /// Offset of its start.
    #[serde(with = "nanos", rename = "start_ns")]
    #[schemars(with = "u64")]
    pub start: Duration,
    /// How long it took, or how long it was waited for.
    #[serde(with = "nanos", rename = "duration_ns")]
    #[schemars(with = "u64")]
    pub duration: Duration,
    /// Whether it reached its goal; a failed phase is drawn up to the failure.
    pub completed: bool,
}

/// The phases that this hop reached, in order; failed ones included.
#[must_use]
pub fn phases(endpoint: &Endpoint<'_>) -> Vec<PhaseSpan> {
    let mut spans = Vec::with_capacity(5);
    let mut add = |phase, start: Duration, duration: Option<Duration>, completed| {
        if let Some(duration) = duration {
            spans.push(PhaseSpan {
                phase,
                start,
                duration,
                completed,
            });
        }
    };
    if let Some(dns) = endpoint.dns {
        add(
            Phase::Dns,
            dns.resolution.start,
            dns.resolution.duration,
            dns.resolution.value().is_some(),
        );
    }
    if let Some(tcp) = endpoint.tcp {
        add(
            Phase::Tcp,
            tcp.race.start,
            tcp.race.duration,
            tcp.race.value().is_some(),
        );
    }
    if let Some(tls) = endpoint.tls {
        add(
            Phase::Tls,
            tls.handshake.start,
            tls.handshake.duration,
            tls.handshake.value().is_some(),
        );
    }
    if let Some(http) = endpoint.http {
        let stamps = &http.stamps;
        let end = http.step.end();
        if let Some(start) = stamps.request_start {
            let first = stamps.response_start;
            add(
                Phase::Server,
                start,
                Some(first.unwrap_or(end).saturating_sub(start)),
                first.is_some(),
            );
            if let Some(first) = first {
                let last = stamps.response_end;
                add(
                    Phase::Transfer,
                    first,
                    Some(last.unwrap_or(end).saturating_sub(first)),
                    last.is_some(),
                );
            }
        }
    }
    spans
}

/// The sum of a hop's phases: what a person waits for.
#[must_use]
pub fn total(spans: &[PhaseSpan]) -> Duration {
    spans.iter().map(|span| span.duration).sum()
}
