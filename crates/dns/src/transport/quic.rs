//! A QUIC connection for one query. A datagram beside the handshake shows a closed port at once: QUIC itself stays
//! silent about ICMP ([RFC 9000 §14.2.1](https://www.rfc-editor.org/rfc/rfc9000#section-14.2.1)).

pub(super) mod doq;
pub(super) mod h3;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use netwhy_report::untrusted::escape;
use netwhy_report::{Failure, Untrusted};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, ConnectionError, IdleTimeout, TransportConfig};
use tokio::net::UdpSocket;

use super::tls::offering;
use super::{Endpoint, Identity, Seen};
use crate::exchange::{ExchangeOptions, failure, local_address};

/// Codes from here on are TLS alerts ([RFC 9001 §4.8](https://www.rfc-editor.org/rfc/rfc9001#section-4.8)).
const CRYPTO_ERROR: u64 = 0x100;
/// Words of a peer that are kept, in bytes.
const REASON_BYTES: usize = 256;

/// Opens a connection; the time that this takes, the handshake of TLS included, is the connect's.
pub(super) async fn connect(
    endpoint: &Endpoint,
    identity: &Identity,
    protocol: &str,
    options: &ExchangeOptions,
    seen: &mut Seen,
) -> Result<Connection, Failure> {
    let begun = Instant::now();
    let unusable = |reason: String| Failure::TlsProtocol { reason };
    let crypto = QuicClientConfig::try_from(offering(identity, protocol))
        .map_err(|error| unusable(error.to_string()))?;
    let mut transport = TransportConfig::default();
    transport.max_idle_timeout(IdleTimeout::try_from(options.timeout).ok());
    let mut config = ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(transport));
    let local = quinn::Endpoint::client(local_address(endpoint.address, options.source))
        .map_err(|error| failure(&error, 0))?;
    let connecting = local
        .connect_with(config, endpoint.address, &identity.name)
        .map_err(|error| unusable(escape(&error.to_string()).into_owned()))?;
    let connection = tokio::select! {
        connection = connecting => connection.map_err(|error| quic_failure(&error, protocol))?,
        refused = refusal(endpoint.address, options) => return Err(refused),
    };
    seen.connect = Some(begun.elapsed());
    Ok(connection)
}

/// Ends only when the kernel says that nobody listens there.
async fn refusal(server: SocketAddr, options: &ExchangeOptions) -> Failure {
    let told = async {
        let socket = UdpSocket::bind(local_address(server, options.source)).await?;
        socket.connect(server).await?;
        // No QUIC packet has a first byte without the fixed bit: a server drops it unread.
        socket.send(&[0]).await?;
        let mut buffer = [0; 1];
        loop {
            socket.recv(&mut buffer).await?;
        }
    };
    match told.await {
        Ok(never) => never,
        Err(error) => failure(&error, 0),
    }
}

/// Why a connection ended; `protocol` is the one that was offered.
fn quic_failure(error: &ConnectionError, protocol: &str) -> Failure {
    match error {
        // Our own side: TLS did not like what the peer sent.
        ConnectionError::TransportError(own) => match alert(u64::from(own.code)) {
            // decrypt_error too: a signature in the chain is wrong.
            Some(42..=48 | 51) => Failure::TlsCertificate {
                reason: certificate_reason(&own.reason),
            },
            Some(120) => no_protocol(protocol),
            Some(_) => Failure::TlsProtocol {
                reason: escape(&own.reason).into_owned(),
            },
            None => quic(Some(u64::from(own.code)), false, own.reason.as_bytes()),
        },
        ConnectionError::ConnectionClosed(close) => match alert(u64::from(close.error_code)) {
            Some(120) => no_protocol(protocol),
            Some(code) => Failure::tls_alert(code),
            None => quic(Some(u64::from(close.error_code)), false, &close.reason),
        },
        ConnectionError::ApplicationClosed(close) => {
            quic(Some(close.error_code.into_inner()), true, &close.reason)
        }
        ConnectionError::Reset => Failure::Reset { received: 0 },
        other => quic(None, false, other.to_string().as_bytes()),
    }
}

fn no_protocol(protocol: &str) -> Failure {
    Failure::TlsAlpn {
        expected: protocol.to_owned(),
    }
}

fn alert(code: u64) -> Option<u8> {
    code.checked_sub(CRYPTO_ERROR)
        .and_then(|alert| u8::try_from(alert).ok())
}

fn certificate_reason(reason: &str) -> String {
    let told = reason
        .strip_prefix("invalid peer certificate: ")
        .unwrap_or(reason);
    escape(told).into_owned()
}

/// A failure of QUIC itself or of what it carries.
fn quic(code: Option<u64>, application: bool, reason: &[u8]) -> Failure {
    Failure::Quic {
        code,
        application,
        reason: Untrusted::new(&reason[..reason.len().min(REASON_BYTES)]),
    }
}

/// Why the connection under a stream ended, if it did.
fn closed(connection: &Connection, protocol: &str) -> Option<Failure> {
    connection
        .close_reason()
        .map(|error| quic_failure(&error, protocol))
}
