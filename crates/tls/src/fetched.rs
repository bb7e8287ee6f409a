//! Certificates in what an AIA address gave: one in DER, a certs-only message in CMS (PKCS#7), or PEM of either.
//!
//! CMS is walked down to the bytes of its certificates and no further: a signature covers those bytes, so they must
//! come out as they went in, whatever a decoder would make of them.

use netwhy_report::tls::FetchedForm;
use rustls_pki_types::CertificateDer;
use x509_parser::asn1_rs::{Any, Class, FromBer as _, FromDer as _, Tag};
use x509_parser::pem::Pem;
use x509_parser::prelude::X509Certificate;

/// Content type signedData ([RFC 5652 §5.1](https://www.rfc-editor.org/rfc/rfc5652#section-5.1)), 1.2.840.113549.1.7.2.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// Reads what an AIA address gave, whatever its media type says; at most `limit` certificates, in the order given.
///
/// [RFC 5280 §4.2.2.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.1) has CAs publish DER or a certs-only
/// message in BER or DER; some servers give PEM. There is always at least one certificate, and each can be parsed.
///
/// # Errors
/// What the bytes are not, in one line without any of them.
pub fn parse_fetched(
    bytes: &[u8],
    limit: usize,
) -> Result<(FetchedForm, Vec<CertificateDer<'static>>), String> {
    let (form, mut certificates) = if let Some(certificate) = certificate(bytes) {
        (FetchedForm::Der, vec![certificate])
    } else if is_message(bytes) {
        (FetchedForm::Cms, message(bytes)?)
    } else {
        armoured(bytes)?
    };
    certificates.truncate(limit);
    if certificates.is_empty() {
        return Err("it holds no certificate that can be read".to_owned());
    }
    Ok((form, certificates))
}

/// Whether `issuer` is named as the issuer of `certificate`, and its key made the signature. Both are DER.
#[must_use]
pub fn certifies(issuer: &[u8], certificate: &[u8]) -> bool {
    let (Ok((_, issuer)), Ok((_, certificate))) = (
        X509Certificate::from_der(issuer),
        X509Certificate::from_der(certificate),
    ) else {
        return false;
    };
    issuer.subject() == certificate.issuer() && crate::judge::signs(&issuer, &certificate)
}

fn certificate(bytes: &[u8]) -> Option<CertificateDer<'static>> {
    let (rest, _) = X509Certificate::from_der(bytes).ok()?;
    // Servers that append a line break exist; what follows is not part of the certificate.
    Some(CertificateDer::from(
        bytes[..bytes.len() - rest.len()].to_vec(),
    ))
}

/// One element in BER, and what follows it.
fn element(bytes: &[u8]) -> Option<(&[u8], Any<'_>)> {
    Any::from_ber(bytes).ok()
}

/// Whether this begins like a `ContentInfo` of the type signedData; it may still be cut or malformed further on.
fn is_message(bytes: &[u8]) -> bool {
    let header = [&[0x06, 0x09][..], &SIGNED_DATA].concat();
    // A sequence's tag and at most five bytes of length come first.
    bytes.first() == Some(&0x30)
        && (2..=6).any(|at| bytes.get(at..at + header.len()) == Some(&header))
}

/// The certificates of a certs-only message (RFC 5652 §5.1, [RFC 5272 §4.1](https://www.rfc-editor.org/rfc/rfc5272#section-4.1)).
fn message(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let malformed = || "its PKCS#7 message is cut or malformed".to_owned();
    let (_, content_info) = element(bytes).ok_or_else(malformed)?;
    let (rest, _content_type) = element(content_info.data).ok_or_else(malformed)?;
    let (_, content) = element(rest).ok_or_else(malformed)?;
    let (_, signed_data) = element(content.data).ok_or_else(malformed)?;
    // version, digestAlgorithms and encapContentInfo come before the certificates.
    let mut rest = signed_data.data;
    for _ in 0..3 {
        (rest, _) = element(rest).ok_or_else(malformed)?;
    }
    let set = element(rest)
        .map(|(_, field)| field)
        .filter(|field| field.class() == Class::ContextSpecific && field.tag() == Tag(0));
    let mut rest = set.map_or(&[][..], |set| set.data);
    let mut certificates = Vec::new();
    while !rest.is_empty() {
        let (after, choice) = element(rest).ok_or_else(malformed)?;
        // The other choices (attribute and extended certificates) are tagged; only an X.509 certificate is a sequence.
        if choice.class() == Class::Universal && choice.tag() == Tag::Sequence {
            let der = &rest[..rest.len() - after.len()];
            certificates.extend(certificate(der));
        }
        rest = after;
    }
    Ok(certificates)
}

/// PEM ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)): certificates, or the first message among them.
fn armoured(bytes: &[u8]) -> Result<(FetchedForm, Vec<CertificateDer<'static>>), String> {
    let (mut certificates, mut any) = (Vec::new(), false);
    for block in Pem::iter_from_buffer(bytes) {
        let block = block.map_err(|_| "its PEM is cut or malformed")?;
        match block.label.as_str() {
            "PKCS7" | "CMS" => return Ok((FetchedForm::PemCms, message(&block.contents)?)),
            "CERTIFICATE" => certificates.extend(certificate(&block.contents)),
            _ => {}
        }
        any = true;
    }
    if any {
        Ok((FetchedForm::Pem, certificates))
    } else {
        Err("it is neither DER nor PKCS#7 nor PEM".to_owned())
    }
}

#[cfg(test)]
mod tests;
