//! What carries a message: datagrams, TCP, TLS, HTTPS, HTTP/3 and QUIC. Opening the way, shaking hands and asking are
//! timed apart; one try's timeout bounds all of them.

mod framed;
mod https;
mod quic;
mod tls;
pub(crate) mod udp;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::op::Query;
use netwhy_report::Failure;
use netwhy_report::dns::{DnsTransport, Mismatches};
use tokio::net::{TcpSocket, TcpStream};

use crate::exchange::{ExchangeOptions, Reply, failure, local_address};
use crate::query::encode;
use crate::reply::{Arrival, Sent, sort};

/// Whom to ask, and over what.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Where the server listens.
    pub address: SocketAddr,
    /// Over what.
    pub carrier: Carrier,
}

impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        Self {
            address,
            carrier: Carrier::Udp,
        }
    }
}

/// A transport, with whom the server must prove to be where it speaks TLS.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// Datagrams, and TCP where a reply is cut.
    Udp,
    /// TCP alone ([RFC 7766](https://www.rfc-editor.org/rfc/rfc7766)).
    Tcp,
    /// DNS over TLS ([RFC 7858](https://www.rfc-editor.org/rfc/rfc7858)).
    Tls(Identity),
    /// DNS over HTTPS with HTTP/2 ([RFC 8484](https://www.rfc-editor.org/rfc/rfc8484)).
    Https(Identity),
    /// DNS over HTTPS with HTTP/3.
    H3(Identity),
    /// DNS over QUIC ([RFC 9250](https://www.rfc-editor.org/rfc/rfc9250)).
    Quic(Identity),
}

/// Who the server must prove to be, and where its answers lie.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The name for SNI, certificate and HTTP authority, or an address in its place (then there is no SNI).
    pub name: String,
    /// The path of DNS over HTTPS; the other transports have none.
    pub path: String,
    /// Whose certificates are trusted. The protocols offered (ALPN) are the transport's, whatever it says.
    pub tls: Arc<rustls::ClientConfig>,
}

impl Carrier {
    /// The carrier for a transport; `identity` is asked for only where the server must have one.
    #[must_use]
    pub fn new(transport: DnsTransport, identity: impl FnOnce() -> Identity) -> Self {
        match transport {
            DnsTransport::Udp => Self::Udp,
            DnsTransport::Tcp => Self::Tcp,
            DnsTransport::Tls => Self::Tls(identity()),
            DnsTransport::Https => Self::Https(identity()),
            DnsTransport::H3 => Self::H3(identity()),
            DnsTransport::Quic => Self::Quic(identity()),
        }
    }

    /// Which transport it is.
    #[must_use]
    pub fn transport(&self) -> DnsTransport {
        match self {
            Self::Udp => DnsTransport::Udp,
            Self::Tcp => DnsTransport::Tcp,
            Self::Tls(_) => DnsTransport::Tls,
            Self::Https(_) => DnsTransport::Https,
            Self::H3(_) => DnsTransport::H3,
            Self::Quic(_) => DnsTransport::Quic,
        }
    }
}

/// The connections of DNS carry no more than this per message.
const MESSAGE_BYTES: usize = 65_535;

/// What an exchange over a connection showed besides its result.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// How long opening took: TCP's handshake, or QUIC's with that of TLS in it.
    pub(crate) connect: Option<Duration>,
    /// How long the TLS handshake over TCP took.
    pub(crate) handshake: Option<Duration>,
    /// The status of the HTTP response.
    pub(crate) http_status: Option<u16>,
    /// Messages that are not the reply.
    pub(crate) mismatched: Mismatches,
    /// The bytes of a reply that could not be decoded.
    pub(crate) undecodable: Option<Vec<u8>>,
}

/// Asks over a fresh connection; datagrams have a way of their own ([`udp::Datagrams`]) and go over TCP here.
pub(crate) async fn ask(
    query: &Query,
    edns: bool,
    endpoint: &Endpoint,
    options: &ExchangeOptions,
    seen: &mut Seen,
) -> Result<Reply, Failure> {
    let timeout = options.timeout;
    let conversation = async {
        let address = endpoint.address;
        match &endpoint.carrier {
            Carrier::Udp | Carrier::Tcp => {
                let stream = connect(address, options.source, seen).await?;
                framed::converse(stream, query, edns, options, seen).await
            }
            Carrier::Tls(identity) => {
                let stream = connect(address, options.source, seen).await?;
                let stream = tls::handshake(stream, identity, tls::DOT, seen).await?;
                framed::converse(stream, query, edns, options, seen).await
            }
            Carrier::Https(identity) => {
                let stream = connect(address, options.source, seen).await?;
                let stream = tls::handshake(stream, identity, tls::HTTP2, seen).await?;
                let ask = anonymous(query, edns, options)?;
                let wire = https::exchange(stream, endpoint, identity, ask, seen).await?;
                whole(wire, query, options, seen)
            }
            Carrier::H3(identity) => {
                let connection =
                    quic::connect(endpoint, identity, tls::HTTP3, options, seen).await?;
                let ask = anonymous(query, edns, options)?;
                let wire = quic::h3::exchange(&connection, endpoint, identity, ask, seen).await?;
                whole(wire, query, options, seen)
            }
            Carrier::Quic(identity) => {
                let connection = quic::connect(endpoint, identity, tls::DOQ, options, seen).await?;
                let ask = anonymous(query, edns, options)?;
                let wire = quic::doq::exchange(&connection, &ask).await?;
                whole(wire, query, options, seen)
            }
        }
    };
    match tokio::time::timeout(timeout, conversation).await {
        Ok(result) => result,
        Err(_) if seen.mismatched.total() > 0 => Err(Failure::DnsMismatched {
            replies: seen.mismatched.total(),
        }),
        Err(_) => Err(Failure::TimedOut { after: timeout }),
    }
}

/// The query with the id 0, where the connection tells replies apart
/// ([RFC 8484 §4.1](https://www.rfc-editor.org/rfc/rfc8484#section-4.1), [RFC 9250 §4.2.1](https://www.rfc-editor.org/rfc/rfc9250#section-4.2.1)).
fn anonymous(query: &Query, edns: bool, options: &ExchangeOptions) -> Result<Vec<u8>, Failure> {
    let (_, mut message) = encode(query, &options.query, edns)?;
    if let Some(id) = message.first_chunk_mut::<2>() {
        *id = [0, 0];
    }
    Ok(message)
}

/// The one message that answers an anonymous query.
fn whole(
    wire: Vec<u8>,
    query: &Query,
    options: &ExchangeOptions,
    seen: &mut Seen,
) -> Result<Reply, Failure> {
    let sent = [Sent { id: 0, open: true }];
    match sort(&wire, query, &sent, options.query.mixed_case) {
        Arrival::Ours(_, reply) => Ok(*reply),
        Arrival::Mismatched(mismatch) => {
            seen.mismatched.count(mismatch);
            Err(Failure::DnsMismatched { replies: 1 })
        }
        Arrival::Late => Err(Failure::DnsMismatched { replies: 1 }),
        Arrival::Undecodable(reason) | Arrival::Garbage(reason) => {
            seen.undecodable = Some(wire);
            Err(Failure::DnsUndecodable { reason })
        }
    }
}

async fn connect(
    server: SocketAddr,
    source: Option<IpAddr>,
    seen: &mut Seen,
) -> Result<TcpStream, Failure> {
    let begun = Instant::now();
    let open = async {
        let socket = if server.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        if source.is_some_and(|source| source.is_ipv4() == server.is_ipv4()) {
            socket.bind(local_address(server, source))?;
        }
        let stream = socket.connect(server).await?;
        // A query is one small write: it must not wait for an acknowledgement.
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    let stream = open
        .await
        .map_err(|error: std::io::Error| failure(&error, 0))?;
    seen.connect = Some(begun.elapsed());
    Ok(stream)
}

#[cfg(test)]
mod tests;
