//! TLS over TCP for DNS, and what the errors of TLS say.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use netwhy_report::Failure;
use netwhy_report::untrusted::escape;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{Identity, Seen};
use crate::exchange::failure;

/// The protocols offered by ALPN ([registry](https://www.iana.org/assignments/tls-extensiontype-values)).
pub(super) const DOT: &str = "dot";
pub(super) const HTTP2: &str = "h2";
pub(super) const HTTP3: &str = "h3";
pub(super) const DOQ: &str = "doq";

/// Shakes hands; the certificate must be good for the identity's name.
///
/// A server of DNS over TLS need not answer the offer of a protocol; one of HTTPS must choose HTTP/2.
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    identity: &Identity,
    protocol: &str,
    seen: &mut Seen,
) -> Result<TlsStream<S>, Failure> {
    let begun = Instant::now();
    let name =
        ServerName::try_from(identity.name.clone()).map_err(|_| Failure::TlsCertificate {
            reason: format!("\"{}\" is not a name", escape(&identity.name)),
        })?;
    let connector = TlsConnector::from(offering(identity, protocol));
    let stream = connector
        .connect(name, stream)
        .await
        .map_err(|error| stream_failure(&error, 0))?;
    seen.handshake = Some(begun.elapsed());
    let chosen = stream.get_ref().1.alpn_protocol();
    let agreed = chosen == Some(protocol.as_bytes()) || (chosen.is_none() && protocol == DOT);
    if agreed {
        Ok(stream)
    } else {
        Err(Failure::TlsAlpn {
            expected: protocol.to_owned(),
        })
    }
}

/// The identity's settings with this protocol offered.
pub(super) fn offering(identity: &Identity, protocol: &str) -> Arc<rustls::ClientConfig> {
    let mut config = rustls::ClientConfig::clone(&identity.tls);
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    Arc::new(config)
}

/// An error of a stream, TLS or not; `received` counts the connection's bytes so far.
pub(super) fn stream_failure(error: &io::Error, received: u64) -> Failure {
    let inner = error.get_ref();
    if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls_failure(tls);
    }
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Failure::Closed { received };
    }
    failure(error, received)
}

fn tls_failure(error: &rustls::Error) -> Failure {
    let reason = escape(&error.to_string()).into_owned();
    match error {
        rustls::Error::AlertReceived(alert) => Failure::tls_alert(u8::from(*alert)),
        rustls::Error::InvalidCertificate(_) => Failure::TlsCertificate {
            reason: reason
                .strip_prefix("invalid peer certificate: ")
                .unwrap_or(&reason)
                .to_owned(),
        },
        _ => Failure::TlsProtocol { reason },
    }
}
