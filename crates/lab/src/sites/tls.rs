//! Servers that end the handshake: settings for those that rustls can play, alerts by hand for the rest.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CipherSuite, RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::LabError;
use crate::certificates::{Authority, Identity};
use crate::scenarios::Demand;

/// A usual server with these protocols for ALPN.
pub(super) fn acceptor(identity: Identity, alpn: &[&[u8]]) -> Result<TlsAcceptor, LabError> {
    let config = builder(aws_lc_rs::default_provider(), rustls::ALL_VERSIONS)?
        .with_no_client_auth()
        .with_cert_resolver(resolver(identity)?);
    Ok(finished(config, alpn))
}

/// A server that turns usual clients away for want of something.
pub(super) fn demanding(
    identity: Identity,
    demand: Demand,
    authority: &Authority,
) -> Result<TlsAcceptor, LabError> {
    let provider = aws_lc_rs::default_provider();
    match demand {
        Demand::OtherProtocol => acceptor(identity, &[b"mqtt"]),
        Demand::RsaSuites => {
            let suites = provider.cipher_suites.iter().copied();
            let cipher_suites = suites.filter(|suite| is_for_rsa(suite.suite())).collect();
            let provider = CryptoProvider {
                cipher_suites,
                ..provider
            };
            let config = builder(provider, &[&version::TLS12])?
                .with_no_client_auth()
                .with_cert_resolver(resolver(identity)?);
            Ok(finished(config, &[b"http/1.1"]))
        }
        Demand::ClientCertificate => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.root_der().clone())?;
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider))
                    .build()?;
            let config = builder(aws_lc_rs::default_provider(), rustls::ALL_VERSIONS)?
                .with_client_cert_verifier(verifier)
                .with_cert_resolver(resolver(identity)?);
            Ok(finished(config, &[b"http/1.1"]))
        }
    }
}

/// Reads the hello, answers with a fatal alert (RFC 8446 §6), and waits for the client to leave.
pub(super) async fn alert(mut stream: TcpStream, code: u8) {
    let mut header = [0; 5];
    if stream.read_exact(&mut header).await.is_err() {
        return;
    }
    let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    if stream.read_exact(&mut hello).await.is_err() {
        return;
    }
    // Content type alert, version 3.3, two bytes: fatal, and which.
    let record = [21, 3, 3, 0, 2, 2, code];
    if stream.write_all(&record).await.is_ok() && stream.shutdown().await.is_ok() {
        super::ports::mute(stream).await;
    }
}

fn builder(
    provider: CryptoProvider,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>, LabError> {
    Ok(ServerConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(versions)?)
}

/// Shows the identity whatever is wrong with it: rustls' usual way parses the certificate and refuses bad ones.
fn resolver(identity: Identity) -> Result<Arc<SingleCertAndKey>, LabError> {
    let keys = aws_lc_rs::default_provider().key_provider;
    let key = keys.load_private_key(identity.key)?;
    Ok(Arc::new(SingleCertAndKey::from(CertifiedKey::new(
        identity.chain,
        key,
    ))))
}

fn finished(mut config: ServerConfig, alpn: &[&[u8]]) -> TlsAcceptor {
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

fn is_for_rsa(suite: CipherSuite) -> bool {
    matches!(
        suite,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    )
}
