//! A DNS server as a person writes it: `192.0.2.53`, `tcp://192.0.2.53`, `tls://name@192.0.2.53:853`,
//! `https://name/dns-query`, `h3://…`, `quic://…`; the form chooses the transport.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::DnsTransport;
use crate::untrusted::escape;

/// A server to ask, with its transport.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct DnsServer {
    /// Over what. `Udp` goes on over TCP where a reply is cut.
    pub transport: DnsTransport,
    /// Its name: for the certificate, for HTTP, and to look up where no address is given.
    pub host: Option<String>,
    /// Its address, if given.
    pub address: Option<IpAddr>,
    /// Its port.
    pub port: u16,
    /// The path of DNS over HTTPS.
    pub path: Option<String>,
}

/// Why a server cannot be read: what was given, what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "\"{given}\" is not a DNS server: {reason}; expected an address such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53, \
     or tcp://, tls://, https://, h3:// or quic:// with one"
)]
pub struct DnsServerError {
    /// What was given, escaped.
    pub given: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The path that servers of DNS over HTTPS use by custom ([RFC 8484 §4.1.1](https://www.rfc-editor.org/rfc/rfc8484#section-4.1.1)).
const PATH: &str = "/dns-query";

impl DnsServer {
    /// A server asked over UDP, and over TCP where a reply is cut.
    #[must_use]
    pub fn plain(address: SocketAddr) -> Self {
        Self {
            transport: DnsTransport::Udp,
            host: None,
            address: Some(address.ip()),
            port: address.port(),
            path: None,
        }
    }

    /// The socket address, if an address is given.
    #[must_use]
    pub fn socket(&self) -> Option<SocketAddr> {
        self.address
            .map(|address| SocketAddr::new(address, self.port))
    }

    /// How the server is written on the command line.
    #[must_use]
    pub fn display(&self) -> String {
        let authority = match (&self.host, self.address) {
            (Some(host), Some(address)) => format!("{host}@{}", bracketed(address)),
            (Some(host), None) => host.clone(),
            (None, Some(address)) => bracketed(address),
            (None, None) => String::new(),
        };
        let scheme = self.transport.scheme();
        let prefix = if scheme.is_empty() {
            String::new()
        } else {
            format!("{scheme}://")
        };
        let port = if self.port == self.transport.default_port() {
            String::new()
        } else {
            format!(":{}", self.port)
        };
        format!(
            "{prefix}{authority}{port}{}",
            self.path.as_deref().unwrap_or_default()
        )
    }
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

impl FromStr for DnsServer {
    type Err = DnsServerError;

    fn from_str(text: &str) -> Result<Self, DnsServerError> {
        let error = |reason: &str| DnsServerError {
            given: escape(text).into_owned(),
            reason: reason.to_owned(),
        };
        let (transport, rest) = match text.split_once("://") {
            None => (DnsTransport::Udp, text),
            Some((scheme, rest)) => (
                DnsTransport::of_scheme(scheme)
                    .ok_or_else(|| error("its transport is not one that netwhy speaks"))?,
                rest,
            ),
        };
        let over_http = matches!(transport, DnsTransport::Https | DnsTransport::H3);
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) if over_http => (authority, format!("/{path}")),
            Some((authority, "")) => (authority, PATH.to_owned()),
            Some(_) => return Err(error("only https:// and h3:// have a path")),
            None => (rest, PATH.to_owned()),
        };
        if path.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err(error("its path holds a blank or a character outside ASCII"));
        }
        let (host, location) = match authority.rsplit_once('@') {
            Some((host, location)) => (Some(host), location),
            None => (None, authority),
        };
        let (place, port) = split_port(location).ok_or_else(|| error("its port is not one"))?;
        let address: Option<IpAddr> = place.parse().ok();
        let host = match (host, address) {
            (Some(host), Some(_)) => Some(host),
            (Some(_), None) => return Err(error("behind the @ stands no address")),
            (None, Some(_)) => None,
            (None, None) => Some(place),
        };
        if host.is_some_and(|host| !is_host(host)) {
            return Err(error("its name is not a host name"));
        }
        Ok(Self {
            transport,
            host: host.map(|host| host.trim_end_matches('.').to_ascii_lowercase()),
            address,
            port: port.unwrap_or_else(|| transport.default_port()),
            path: over_http.then_some(path),
        })
    }
}

/// `address`, `[address]`, `host`, each with or without a port. `None` if the port is not one.
fn split_port(location: &str) -> Option<(&str, Option<u16>)> {
    let port = |text: &str| text.parse().ok().filter(|port: &u16| *port > 0);
    if let Some(rest) = location.strip_prefix('[') {
        let (address, behind) = rest.split_once(']')?;
        return match behind.strip_prefix(':') {
            Some(text) => Some((address, Some(port(text)?))),
            None => behind.is_empty().then_some((address, None)),
        };
    }
    if location.parse::<IpAddr>().is_ok() {
        return Some((location, None));
    }
    match location.rsplit_once(':') {
        Some((place, text)) => Some((place, Some(port(text)?))),
        None => Some((location, None)),
    }
}

fn is_host(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    !text.is_empty()
        && text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

/// The public resolvers that can be named instead of addresses.
pub const PRESETS: &[(&str, &[&str])] = &[
    ("google", &["8.8.8.8", "8.8.4.4"]),
    ("cloudflare", &["1.1.1.1", "1.0.0.1"]),
    ("quad9", &["9.9.9.9", "149.112.112.112"]),
    ("opendns", &["208.67.222.222", "208.67.220.220"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_chooses_transport_name_address_and_port() {
        for (text, transport, host, address, port, path) in [
            (
                "192.0.2.53",
                DnsTransport::Udp,
                None,
                Some("192.0.2.53"),
                53,
                None,
            ),
            (
                "192.0.2.53:5353",
                DnsTransport::Udp,
                None,
                Some("192.0.2.53"),
                5353,
                None,
            ),
            (
                "2001:db8::53",
                DnsTransport::Udp,
                None,
                Some("2001:db8::53"),
                53,
                None,
            ),
            (
                "[2001:db8::53]:5353",
                DnsTransport::Udp,
                None,
                Some("2001:db8::53"),
                5353,
                None,
            ),
            (
                "ns1.example",
                DnsTransport::Udp,
                Some("ns1.example"),
                None,
                53,
                None,
            ),
            (
                "tcp://192.0.2.53",
                DnsTransport::Tcp,
                None,
                Some("192.0.2.53"),
                53,
                None,
            ),
            (
                "tls://dns.example@192.0.2.53",
                DnsTransport::Tls,
                Some("dns.example"),
                Some("192.0.2.53"),
                853,
                None,
            ),
            (
                "quic://dns.example@[2001:db8::53]:8853",
                DnsTransport::Quic,
                Some("dns.example"),
                Some("2001:db8::53"),
                8853,
                None,
            ),
            (
                "https://dns.example/q",
                DnsTransport::Https,
                Some("dns.example"),
                None,
                443,
                Some("/q"),
            ),
            (
                "https://dns.example",
                DnsTransport::Https,
                Some("dns.example"),
                None,
                443,
                Some("/dns-query"),
            ),
            (
                "h3://192.0.2.53:8443/dns-query",
                DnsTransport::H3,
                None,
                Some("192.0.2.53"),
                8443,
                Some("/dns-query"),
            ),
        ] {
            let server: DnsServer = text.parse().unwrap();
            assert_eq!(server.transport, transport, "{text}");
            assert_eq!(server.host.as_deref(), host, "{text}");
            assert_eq!(
                server.address,
                address.map(|address| address.parse().unwrap()),
                "{text}"
            );
            assert_eq!(server.port, port, "{text}");
            assert_eq!(server.path.as_deref(), path, "{text}");
            assert_eq!(
                server.display().parse::<DnsServer>().unwrap(),
                server,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_server_says_what_was_given_and_what_is_expected() {
        for text in [
            "",
            "192.0.2.53:0",
            "192.0.2.53:70000",
            "[2001:db8::53",
            "ftp://192.0.2.53",
            "tls://name@other",
            "tcp://192.0.2.53/path",
            "a b",
            "-@192.0.2.53\x1b",
            "https://host/a b",
        ] {
            let error = text.parse::<DnsServer>().unwrap_err().to_string();
            assert!(
                error.contains("expected an address such as"),
                "{text}: {error}"
            );
            assert!(!error.contains('\x1b'), "{error}");
        }
    }

    #[test]
    fn presets_are_servers() {
        for (_, addresses) in PRESETS {
            for address in *addresses {
                assert!(address.parse::<DnsServer>().is_ok(), "{address}");
            }
        }
    }
}
