//! TCP connections: every address for the matrix, and the race that a browser would run.

use std::net::SocketAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Step, nanos};

/// Connections to all addresses of one name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TcpRecord {
    /// Every address, connected at once and independently.
    pub matrix: Vec<TcpAttempt>,
    /// The race of [RFC 8305](https://www.rfc-editor.org/rfc/rfc8305) that gave the connection used from here on.
    pub race: Step<TcpConnected>,
    /// Every attempt of the race, in the order of their start; losers too.
    pub race_attempts: Vec<TcpAttempt>,
}

/// One connect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TcpAttempt {
    /// Where to.
    pub peer: SocketAddr,
    /// Its time and how it ended. A race's loser is skipped as `not_needed`.
    pub step: Step<TcpConnected>,
}

/// An established connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TcpConnected {
    /// The peer.
    pub peer: SocketAddr,
    /// Our own end.
    pub local: SocketAddr,
    /// The kernel's view right after the connect, where it gives one.
    pub info: Option<TcpInfo>,
}

/// `TCP_INFO` as far as this kernel fills it in; `null` means that it does not know the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TcpInfo {
    /// Smoothed round-trip time.
    #[serde(with = "nanos::option", rename = "rtt_ns")]
    #[schemars(with = "Option<u64>")]
    pub rtt: Option<Duration>,
    /// Its variance.
    #[serde(with = "nanos::option", rename = "rtt_variance_ns")]
    #[schemars(with = "Option<u64>")]
    pub rtt_variance: Option<Duration>,
    /// The least round-trip time seen.
    #[serde(with = "nanos::option", rename = "min_rtt_ns")]
    #[schemars(with = "Option<u64>")]
    pub min_rtt: Option<Duration>,
    /// Retransmission timeout.
    #[serde(with = "nanos::option", rename = "rto_ns")]
    #[schemars(with = "Option<u64>")]
    pub rto: Option<Duration>,
    /// Segments retransmitted over the connection's life, SYNs included.
    pub total_retrans: Option<u32>,
    /// Segments believed lost now.
    pub lost: Option<u32>,
    /// Sender's congestion window, in segments.
    pub congestion_window: Option<u32>,
    /// Sender's maximum segment size, in bytes.
    pub send_mss: Option<u32>,
    /// Path MTU, in bytes.
    pub path_mtu: Option<u32>,
    /// Data bytes received.
    pub bytes_received: Option<u64>,
    /// Segments received out of order: loss or reordering on the way here.
    pub out_of_order: Option<u32>,
    /// Our receive window, in bytes.
    pub receive_window: Option<u32>,
}

impl TcpRecord {
    /// The attempts that decide about an address: the matrix.
    pub fn connected(&self) -> impl Iterator<Item = &TcpAttempt> {
        self.matrix
            .iter()
            .filter(|attempt| attempt.step.value().is_some())
    }

    /// The addresses whose connect failed.
    pub fn failed(&self) -> impl Iterator<Item = &TcpAttempt> {
        self.matrix
            .iter()
            .filter(|attempt| attempt.step.failure().is_some())
    }

    /// The connection used for TLS and HTTP.
    #[must_use]
    pub fn winner(&self) -> Option<&TcpConnected> {
        self.race.value()
    }

    /// The best estimate of the round-trip time to the winner: the kernel's least, else the connect time.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        let winner = self.winner()?;
        let kernel = winner.info.and_then(|info| info.min_rtt.or(info.rtt));
        let attempt = || {
            self.race_attempts
                .iter()
                .find(|attempt| attempt.peer == winner.peer)
        };
        kernel.or_else(|| attempt().and_then(|attempt| attempt.step.duration))
    }
}
