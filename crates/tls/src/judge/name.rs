//! Whether a certificate covers a name ([RFC 9525](https://www.rfc-editor.org/rfc/rfc9525)): the verdict is webpki's,
//! the nearest name and the reason are ours.

use std::net::IpAddr;

use netwhy_report::Untrusted;
use netwhy_report::tls::NameVerdict;
use rustls_pki_types::{CertificateDer, ServerName};
use webpki::EndEntityCert;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::certificate::subject_names;

pub(super) fn verdict(leaf: &CertificateDer<'_>, host: &str) -> NameVerdict {
    let names = X509Certificate::from_der(leaf)
        .map(|(_, certificate)| subject_names(&certificate))
        .unwrap_or_default();
    if covers(leaf, &names, host) {
        return NameVerdict::Matches;
    }
    let nearest = names.iter().max_by_key(|name| likeness(name, host));
    NameVerdict::Mismatch {
        nearest: nearest.map(|name| Untrusted::new(&name.as_bytes()[..name.len().min(256)])),
        reason: reason(nearest.map(String::as_str), host).to_owned(),
    }
}

/// webpki's verdict; for a certificate that it refuses for other reasons the names count as they stand.
fn covers(leaf: &CertificateDer<'_>, names: &[String], host: &str) -> bool {
    let Ok(name) = ServerName::try_from(host) else {
        return false;
    };
    match EndEntityCert::try_from(leaf) {
        Ok(certificate) => certificate.verify_is_valid_for_subject_name(&name).is_ok(),
        Err(_) => names.iter().any(|name| is_or_matches(name, host)),
    }
}

/// The name itself, or a wildcard for its first label.
fn is_or_matches(name: &str, host: &str) -> bool {
    let wildcard = || {
        let (_, parent) = host.split_once('.')?;
        let base = name.strip_prefix("*.")?;
        Some(base.eq_ignore_ascii_case(parent) && host.parse::<IpAddr>().is_err())
    };
    name.eq_ignore_ascii_case(host) || wildcard().unwrap_or(false)
}

/// How many labels two names share from the right, then whether one is a wildcard.
fn likeness(name: &str, host: &str) -> (usize, bool) {
    let (name, host) = (name.to_ascii_lowercase(), host.to_ascii_lowercase());
    let shared = name
        .rsplit('.')
        .zip(host.rsplit('.'))
        .take_while(|(one, other)| one == other)
        .count();
    (shared, name.starts_with("*."))
}

fn reason(nearest: Option<&str>, host: &str) -> &'static str {
    let Some(nearest) = nearest else {
        return "it has no subject alternative name; the common name no longer counts";
    };
    if host.parse::<IpAddr>().is_ok() {
        return "an address must stand among the subject alternative names as an address";
    }
    match nearest.strip_prefix("*.") {
        Some(base) if host.eq_ignore_ascii_case(base) => {
            "a wildcard does not cover its own base name"
        }
        Some(base)
            if host
                .to_ascii_lowercase()
                .ends_with(&format!(".{}", base.to_ascii_lowercase())) =>
        {
            "a wildcard covers one label only"
        }
        _ => "none of its names is the name asked for",
    }
}
