//! Whom to diagnose: a URL, `host`, `host:port`, an address, an internationalised name — read strictly, with errors that help.

use std::fmt;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host as UrlHost, ParseError, Url};

use crate::untrusted::escape;

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

/// Why a target cannot be read: what was given, what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TargetError {
    /// Nothing was given.
    #[error(
        "the target is empty; expected a URL, host, host:port or address, such as https://example.com"
    )]
    Empty,
    /// A blank or control character.
    #[error(
        "\"{given}\" holds a blank or control character; expected a URL, host, host:port or address"
    )]
    BadCharacter {
        /// What was given, escaped.
        given: String,
    },
    /// Not http or https.
    #[error(
        "\"{scheme}://\" is not a scheme that netwhy speaks; expected http:// or https://{hint}"
    )]
    UnknownScheme {
        /// The scheme given, escaped.
        scheme: String,
        /// ` — did you mean …?`, or nothing.
        hint: String,
    },
    /// No host.
    #[error("\"{given}\" names no host; expected a URL such as https://example.com/path")]
    NoHost {
        /// What was given, escaped.
        given: String,
    },
    /// A path where a host belongs.
    #[error("\"{given}\" looks like a file; expected a URL, host, host:port or address{hint}")]
    File {
        /// What was given, escaped.
        given: String,
        /// ` — did you mean …?`, or nothing.
        hint: String,
    },
    /// Not a port.
    #[error("port \"{given}\" is out of range; expected 1 to 65535{hint}")]
    BadPort {
        /// What was given, escaped.
        given: String,
        /// ` — did you mean …?`, or nothing.
        hint: String,
    },
    /// A name that DNS cannot hold.
    #[error("the name is {length} bytes long; expected at most 253 (RFC 1035 §2.3.4)")]
    NameTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A label that DNS cannot hold.
    #[error("the label \"{label}\" is {length} bytes long; expected 1 to 63 (RFC 1035 §2.3.4)")]
    BadLabel {
        /// The label, escaped, cut to 80 characters.
        label: String,
        /// Its length in bytes.
        length: usize,
    },
    /// Anything else.
    #[error(
        "\"{given}\" is not a URL, host or address: {reason}; expected something like https://example.com or example.com:443"
    )]
    Malformed {
        /// What was given, escaped.
        given: String,
        /// What the URL parser said.
        reason: String,
    },
}

/// Ports that are taken for TLS without a scheme.
const TLS_PORTS: [u16; 4] = [443, 4443, 8443, 9443];
/// Ports that are taken for plain HTTP without a scheme.
const HTTP_PORTS: [u16; 5] = [80, 8000, 8008, 8080, 8888];

impl Target {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// [`TargetError`] says in one line what was given, what is expected, and the nearest match where there is one.
    pub fn parse(given: &str) -> Result<Self, TargetError> {
        if given.is_empty() {
            return Err(TargetError::Empty);
        }
        if given.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(TargetError::BadCharacter {
                given: shown(given),
            });
        }
        if let Ok(address) = given.parse::<IpAddr>() {
            return Ok(Self::bare(Host::Address {
                address,
                text: address.to_string(),
            }));
        }
        match given.split_once("://") {
            Some((scheme, rest)) => Self::parse_url(given, scheme, rest),
            None => Self::parse_authority(given),
        }
    }

    fn bare(host: Host) -> Self {
        Self {
            scheme: Scheme::Https,
            host,
            port: 443,
            path: "/".to_owned(),
            query: None,
            credentials: None,
        }
    }

    fn parse_url(given: &str, scheme: &str, rest: &str) -> Result<Self, TargetError> {
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            other => return Err(unknown_scheme(other, rest)),
        };
        if rest.is_empty() || rest.starts_with(['/', '?', '#', ':']) || rest.ends_with('@') {
            return Err(TargetError::NoHost {
                given: shown(given),
            });
        }
        let url = Url::parse(given).map_err(|error| malformed(given, error))?;
        Self::from_url(&url, scheme)
    }

    fn parse_authority(given: &str) -> Result<Self, TargetError> {
        if given.starts_with(['/', '.', '~']) {
            return Err(TargetError::File {
                given: shown(given),
                hint: String::new(),
            });
        }
        if given.starts_with([':', '@', '?', '#']) {
            return Err(TargetError::NoHost {
                given: shown(given),
            });
        }
        let url =
            Url::parse(&format!("https://{given}")).map_err(|error| malformed(given, error))?;
        let mut target = Self::from_url(&url, Scheme::Https)?;
        target.scheme = match target.port {
            port if TLS_PORTS.contains(&port) => Scheme::Https,
            port if HTTP_PORTS.contains(&port) => Scheme::Http,
            _ => Scheme::Probe,
        };
        Ok(target)
    }

    /// Takes over a parsed URL; its scheme is passed in, already checked.
    ///
    /// # Errors
    /// [`TargetError`] for a missing host, port 0, and names that DNS cannot hold.
    pub fn from_url(url: &Url, scheme: Scheme) -> Result<Self, TargetError> {
        let host = match url.host() {
            None => {
                return Err(TargetError::NoHost {
                    given: shown(url.as_str()),
                });
            }
            Some(UrlHost::Ipv4(address)) => Host::Address {
                address: address.into(),
                text: address.to_string(),
            },
            Some(UrlHost::Ipv6(address)) => Host::Address {
                address: address.into(),
                text: address.to_string(),
            },
            Some(UrlHost::Domain(name)) => named(name)?,
        };
        let port = url.port_or_known_default().unwrap_or(443);
        if port == 0 {
            return Err(TargetError::BadPort {
                given: "0".to_owned(),
                hint: String::new(),
            });
        }
        let credentials = (!url.username().is_empty() || url.password().is_some()).then(|| {
            let decode = |text: &str| {
                let bytes: Vec<u8> =
                    url::form_urlencoded::parse(text.replace('+', "%2B").as_bytes())
                        .next()
                        .map(|(name, _)| name.into_owned().into_bytes())
                        .unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            Secret::new(format!(
                "{}:{}",
                decode(url.username()),
                decode(url.password().unwrap_or_default())
            ))
        });
        Ok(Self {
            scheme,
            host,
            port,
            path: if url.path().is_empty() {
                "/".to_owned()
            } else {
                url.path().to_owned()
            },
            query: url.query().map(Secret::new),
            credentials,
        })
    }

    /// `host:port`, with brackets around an IPv6 address.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.host.ascii();
        if host.contains(':') {
            format!("[{host}]:{}", self.port)
        } else {
            format!("{host}:{}", self.port)
        }
    }

    /// The URL for people: no userinfo, no query, no default port; `host:port` where the scheme is not known.
    #[must_use]
    pub fn display(&self) -> String {
        let default_port = match self.scheme {
            Scheme::Https => Some(443),
            Scheme::Http => Some(80),
            Scheme::Probe => None,
        };
        let authority = self.authority();
        let shown = match default_port {
            Some(port) if port == self.port => authority
                .strip_suffix(&format!(":{port}"))
                .unwrap_or(&authority),
            _ => &authority,
        };
        let query = if self.query.is_some() { "?…" } else { "" };
        match self.scheme {
            Scheme::Https => format!("https://{shown}{}{query}", self.path),
            Scheme::Http => format!("http://{shown}{}{query}", self.path),
            Scheme::Probe => shown.to_owned(),
        }
    }
}

/// At most 80 characters of what was given, escaped: error messages stay one line.
fn shown(given: &str) -> String {
    let mut text: String = given.chars().take(80).collect();
    if text.len() < given.len() {
        text.push('…');
    }
    escape(&text).into_owned()
}

fn unknown_scheme(scheme: &str, rest: &str) -> TargetError {
    let near = ["https", "http"]
        .into_iter()
        .find(|known| strsim::damerau_levenshtein(known, scheme) <= 2);
    let hint = near
        .map(|near| format!(" — did you mean {near}://{}?", shown(rest)))
        .unwrap_or_default();
    TargetError::UnknownScheme {
        scheme: shown(scheme),
        hint,
    }
}

fn malformed(given: &str, error: ParseError) -> TargetError {
    match error {
        ParseError::EmptyHost => TargetError::NoHost {
            given: shown(given),
        },
        ParseError::InvalidPort => {
            let authority = given.split_once("://").map_or(given, |(_, rest)| rest);
            let authority = authority.split(['/', '?', '#']).next().unwrap_or(authority);
            let port = authority
                .rsplit_once(':')
                .map_or(authority, |(_, port)| port);
            let unbracketed_v6 = !authority.contains('[') && authority.matches(':').count() > 1;
            let hint = if unbracketed_v6 {
                " — put an IPv6 address in brackets: [address]:port"
            } else {
                ""
            };
            TargetError::BadPort {
                given: shown(port),
                hint: hint.to_owned(),
            }
        }
        other => TargetError::Malformed {
            given: shown(given),
            reason: other.to_string(),
        },
    }
}

fn named(name: &str) -> Result<Host, TargetError> {
    let ascii = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    if ascii.is_empty() {
        return Err(TargetError::NoHost { given: shown(name) });
    }
    if ascii.len() > 253 {
        return Err(TargetError::NameTooLong {
            length: ascii.len(),
        });
    }
    if let Some(label) = ascii
        .split('.')
        .find(|label| label.is_empty() || label.len() > 63)
    {
        return Err(TargetError::BadLabel {
            label: shown(label),
            length: label.len(),
        });
    }
    let (unicode, _) = idna::domain_to_unicode(&ascii);
    let unicode = (unicode != ascii).then_some(unicode);
    Ok(Host::Name { ascii, unicode })
}

#[cfg(test)]
mod tests;
