//! The layers that a finding can blame, in the order in which a connection needs them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A layer of the walk. The order is causal: a fault in an earlier layer explains symptoms in a later one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The observer: this host, its configuration, its load.
    Client,
    /// Name resolution.
    Dns,
    /// TCP connections to the addresses found.
    Tcp,
    /// The network between here and there.
    Path,
    /// The TLS session and the certificate chain.
    Tls,
    /// The HTTP exchange and what answers it.
    Http,
    /// This host's own sockets and kernel counters.
    Sockets,
}

impl Layer {
    /// The lower-case name that finding codes begin with.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Path => "path",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Sockets => "sockets",
        }
    }
}
