//! A verifier that records what the server shows, accepts every certificate (judging comes later), and still checks
//! that the server holds the key. It also records whether a client certificate was asked for.

use std::sync::{Mutex, PoisonError};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use x509_parser::prelude::{FromDer as _, X509Certificate};

#[derive(Debug, Default)]
struct Seen {
    chain: Vec<CertificateDer<'static>>,
    stapled: bool,
    scheme: Option<SignatureScheme>,
    client_certificate_requested: bool,
}

#[derive(Debug, Default)]
pub(super) struct Witness(Mutex<Seen>);

impl Witness {
    fn seen<T>(&self, read: impl FnOnce(&mut Seen) -> T) -> T {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.seen(|seen| std::mem::take(&mut seen.chain))
    }

    pub(super) fn stapled(&self) -> bool {
        self.seen(|seen| seen.stapled)
    }

    pub(super) fn client_certificate_requested(&self) -> bool {
        self.seen(|seen| seen.client_certificate_requested)
    }

    /// `ECDSA_NISTP256_SHA256` as the registry writes it: `ecdsa_nistp256_sha256`.
    pub(super) fn signature_scheme(&self) -> Option<String> {
        self.seen(|seen| {
            seen.scheme
                .map(|scheme| format!("{scheme:?}").to_ascii_lowercase())
        })
    }
}

fn algorithms() -> WebPkiSupportedAlgorithms {
    aws_lc_rs::default_provider().signature_verification_algorithms
}

/// A certificate that webpki refuses to read still has a key: refusing it is for the judgement, not for the handshake.
/// `None`: webpki reads it, or it has no key that can be read.
fn by_key(
    message: &[u8],
    cert: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Option<Result<HandshakeSignatureValid, Error>> {
    if webpki::EndEntityCert::try_from(cert).is_ok() {
        return None;
    }
    let (_, certificate) = X509Certificate::from_der(cert).ok()?;
    let info = SubjectPublicKeyInfoDer::from(certificate.public_key().raw);
    let key = webpki::RawPublicKeyEntity::try_from(&info).ok()?;
    let (_, candidates) = algorithms()
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == signed.scheme)
        .copied()?;
    let verified = candidates.iter().any(|algorithm| {
        key.verify_signature(*algorithm, message, signed.signature())
            .is_ok()
    });
    Some(if verified {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    })
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp_response: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.seen(|seen| {
            seen.chain = std::iter::once(end_entity)
                .chain(intermediates)
                .map(|der| der.clone().into_owned())
                .collect();
            seen.stapled = !ocsp_response.is_empty();
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.seen(|seen| seen.scheme = Some(dss.scheme));
        by_key(message, cert, dss)
            .unwrap_or_else(|| verify_tls12_signature(message, cert, dss, &algorithms()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.seen(|seen| seen.scheme = Some(dss.scheme));
        by_key(message, cert, dss)
            .unwrap_or_else(|| verify_tls13_signature(message, cert, dss, &algorithms()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        algorithms().supported_schemes()
    }
}

impl ResolvesClientCert for Witness {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<std::sync::Arc<CertifiedKey>> {
        self.seen(|seen| seen.client_certificate_requested = true);
        None
    }

    fn has_certs(&self) -> bool {
        // Otherwise the resolver is never asked, and a request goes unseen.
        true
    }
}
