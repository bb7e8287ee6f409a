//! Whom to diagnose: a URL, `host`, `host:port`, an address, an internationalised name — read strictly, with errors that help.

mod error;
mod parse;

use std::fmt;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use error::TargetError;

/// The target of a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// What to speak.
    pub scheme: Scheme,
    /// Whom to speak to.
    pub host: Host,
    /// On which port.
    pub port: u16,
    /// The path, at least `/`.
    pub path: String,
    /// The query, which may hold secrets: never printed.
    pub query: Option<Secret>,
    /// User name and password of the URL, for basic authentication: `user:password`.
    pub credentials: Option<Secret>,
}

/// What to speak with the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// TLS, then HTTP.
    Https,
    /// HTTP in clear.
    Http,
    /// A bare port that does not tell: TLS is tried first, then HTTP in clear.
    Probe,
}

impl Scheme {
    /// Whether TLS is part of what was asked for.
    #[must_use]
    pub fn is_secure(self) -> bool {
        self == Self::Https
    }
}

/// A host: a name or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Host {
    /// A name.
    Name {
        /// In lower-case ASCII (punycode), without a trailing dot.
        ascii: String,
        /// As written, if that was not ASCII.
        unicode: Option<String>,
    },
    /// An address.
    Address {
        /// The address.
        address: IpAddr,
        /// Its text form.
        text: String,
    },
}

impl Host {
    /// The ASCII form: punycode for a name, no brackets around an IPv6 address.
    #[must_use]
    pub fn ascii(&self) -> &str {
        match self {
            Self::Name { ascii, .. } => ascii,
            Self::Address { text, .. } => text,
        }
    }

    /// The address, if the host is one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Name { .. } => None,
            Self::Address { address, .. } => Some(*address),
        }
    }
}

/// Text that must not appear in any output: it serialises and prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub struct Secret(String);

const REDACTED: &str = "[redacted]";

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests;
