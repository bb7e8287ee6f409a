//! From DER to the record, within limits: names and fields are cut, malformed input is said to be so.

use std::net::IpAddr;

use jiff::Timestamp;
use netwhy_report::Untrusted;
use netwhy_report::tls::Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::X509Name;

/// Reads a certificate. What cannot be parsed leaves `malformed` set and the rest empty.
#[must_use]
pub fn read_certificate(der: &[u8], names: usize, field_bytes: usize) -> Certificate {
    let sha256 = fingerprint(der);
    match X509Certificate::from_der(der) {
        Ok((_, certificate)) => read(&certificate, sha256, names, field_bytes),
        Err(error) => Certificate {
            subject: Untrusted::default(),
            common_name: None,
            issuer: Untrusted::default(),
            issuer_common_name: None,
            serial: String::new(),
            not_before: Timestamp::UNIX_EPOCH,
            not_after: Timestamp::UNIX_EPOCH,
            names: Vec::new(),
            names_total: 0,
            key: "unknown".to_owned(),
            key_bits: None,
            signature_algorithm: "unknown".to_owned(),
            is_ca: false,
            self_signed: false,
            sha256,
            aia_issuers: Vec::new(),
            malformed: Some(error.to_string().chars().take(200).collect()),
        },
    }
}

/// SHA-256 of the DER in lower-case hex.
pub(crate) fn fingerprint(der: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn read(
    certificate: &X509Certificate<'_>,
    sha256: String,
    names: usize,
    field_bytes: usize,
) -> Certificate {
    let cut = |text: &str| Untrusted::new(&text.as_bytes()[..text.len().min(field_bytes)]);
    let all_names = subject_names(certificate);
    let (key, key_bits) = key(certificate);
    Certificate {
        subject: cut(&certificate.subject().to_string()),
        common_name: common_name(certificate.subject()).map(cut),
        issuer: cut(&certificate.issuer().to_string()),
        issuer_common_name: common_name(certificate.issuer()).map(cut),
        serial: certificate
            .raw_serial()
            .iter()
            .take(32)
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        not_before: timestamp(certificate.validity().not_before.timestamp()),
        not_after: timestamp(certificate.validity().not_after.timestamp()),
        names_total: all_names.len(),
        names: all_names.iter().take(names).map(|name| cut(name)).collect(),
        key,
        key_bits,
        signature_algorithm: signature_algorithm(
            &certificate.signature_algorithm.algorithm.to_id_string(),
        ),
        is_ca: is_ca(certificate),
        self_signed: is_self_signed(certificate),
        sha256,
        aia_issuers: issuer_urls(certificate)
            .into_iter()
            .map(|url| cut(&url))
            .collect(),
        malformed: None,
    }
}

/// Seconds since 1970 as a timestamp; what lies outside of its range is clamped.
pub(crate) fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn common_name<'a>(name: &'a X509Name<'_>) -> Option<&'a str> {
    name.iter_common_name()
        .next()
        .and_then(|attribute| attribute.as_str().ok())
}

/// DNS names and addresses of the SAN extension.
pub(crate) fn subject_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extension = certificate.subject_alternative_name().ok().flatten();
    let names = extension
        .map(|extension| &extension.value.general_names[..])
        .unwrap_or_default();
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes)
                .ok()
                .map(|bytes| IpAddr::from(bytes).to_string()),
            16 => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|bytes| IpAddr::from(bytes).to_string()),
            _ => None,
        },
        _ => None,
    };
    names.iter().filter_map(text).collect()
}

pub(crate) fn is_ca(certificate: &X509Certificate<'_>) -> bool {
    certificate
        .basic_constraints()
        .ok()
        .flatten()
        .is_some_and(|constraints| constraints.value.ca)
}

pub(crate) fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    certificate.issuer() == certificate.subject() && certificate.verify_signature(None).is_ok()
}

/// The caIssuers addresses (RFC 5280 §4.2.2.1), at most eight.
pub(crate) fn issuer_urls(certificate: &X509Certificate<'_>) -> Vec<String> {
    let accesses = certificate.extensions().iter().filter_map(|extension| {
        match extension.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => Some(&access.accessdescs),
            _ => None,
        }
    });
    let issuers = accesses
        .flatten()
        .filter(|access| access.access_method.to_id_string() == "1.3.6.1.5.5.7.48.2");
    let urls = issuers.filter_map(|access| match access.access_location {
        GeneralName::URI(url) => Some(url.to_owned()),
        _ => None,
    });
    urls.take(8).collect()
}

fn key(certificate: &X509Certificate<'_>) -> (String, Option<u32>) {
    let info = certificate.public_key();
    let bits = |size: usize| u32::try_from(size).ok();
    match info.parsed() {
        Ok(PublicKey::RSA(rsa)) => ("RSA".to_owned(), bits(rsa.key_size())),
        Ok(PublicKey::EC(point)) => {
            let curve = info
                .algorithm
                .parameters
                .as_ref()
                .and_then(|parameters| parameters.as_oid().ok())
                .map(|oid| oid.to_id_string());
            let name = match curve.as_deref() {
                Some("1.2.840.10045.3.1.7") => "EC P-256",
                Some("1.3.132.0.34") => "EC P-384",
                Some("1.3.132.0.35") => "EC P-521",
                _ => "EC",
            };
            (name.to_owned(), bits(point.key_size()))
        }
        _ if info.algorithm.algorithm.to_id_string() == "1.3.101.112" => {
            ("Ed25519".to_owned(), Some(256))
        }
        _ => (info.algorithm.algorithm.to_id_string(), None),
    }
}

fn signature_algorithm(oid: &str) -> String {
    match oid {
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        other => other,
    }
    .to_owned()
}
