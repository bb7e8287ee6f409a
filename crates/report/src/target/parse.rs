//! A target as a person writes it.

use std::net::IpAddr;

use url::{Host as UrlHost, ParseError, Url};

use super::{Host, Scheme, Secret, Target, TargetError};
use crate::untrusted::escape;

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
