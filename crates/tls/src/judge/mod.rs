//! The judgement over a chain: webpki's verdict for each store, and our own walk for the reason.

mod name;
mod rejection;
mod walk;

use std::time::Duration;

use jiff::Timestamp;
use netwhy_report::tls::{ChainFault, ChainJudgement, NameVerdict, StoreVerdict};
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage};
use x509_parser::prelude::{FromDer as _, X509Certificate};

pub(crate) use walk::signs;

use crate::certificate::{fingerprint, issuer_urls};
use crate::store::{TrustStore, TrustStores};
use rejection::Rejection;

/// Judges `chain` as sent (leaf first) for `host` at a time. `fetched` are intermediates from elsewhere: they inform the
/// walk and `with_fetched`, never the verdict over what the server sends.
#[must_use]
pub fn judge(
    chain: &[CertificateDer<'_>],
    fetched: &[CertificateDer<'_>],
    host: &str,
    stores: &TrustStores,
    at: Timestamp,
) -> ChainJudgement {
    let (verdicts, rules): (Vec<StoreVerdict>, Vec<bool>) = stores
        .all()
        .iter()
        .map(|store| verdict(chain, fetched, store, at))
        .unzip();
    let accepted = verdicts
        .first()
        .is_some_and(|verdict| verdict.error.is_none());
    let walked = walk::walk(chain, fetched, stores, at);
    let mut faults = if accepted { Vec::new() } else { walked.faults };
    // A broken rule that the walk does not know is still one; other reasons are told by the store's verdict.
    if let (true, Some(true), Some(error)) = (
        faults.is_empty(),
        rules.first(),
        verdicts.first().and_then(|verdict| verdict.error.clone()),
    ) {
        let subject = walked
            .path
            .first()
            .map(|link| link.subject.clone())
            .unwrap_or_default();
        faults.push(ChainFault::ConstraintViolated {
            index: Some(0),
            subject,
            rule: error,
        });
    }
    let name = match chain.first() {
        Some(leaf) => name::verdict(leaf, host),
        None => NameVerdict::Mismatch {
            nearest: None,
            reason: "no certificate was sent".to_owned(),
        },
    };
    ChainJudgement {
        at,
        stores: verdicts,
        name,
        faults,
        path: walked.path,
        aia: None,
    }
}

/// One store's verdict, and whether a broken rule is its reason.
fn verdict(
    chain: &[CertificateDer<'_>],
    fetched: &[CertificateDer<'_>],
    store: &TrustStore,
    at: Timestamp,
) -> (StoreVerdict, bool) {
    let sent = chain.get(1..).unwrap_or_default();
    let rejection = accepts(chain, sent, store, at).err();
    let with_fetched = (!fetched.is_empty()).then(|| {
        let all: Vec<CertificateDer<'_>> = sent.iter().chain(fetched).cloned().collect();
        accepts(chain, &all, store, at).is_ok()
    });
    let breaks_rule = rejection.as_ref().is_some_and(|reason| reason.breaks_rule);
    let verdict = StoreVerdict {
        store: store.kind(),
        roots: store.anchors().len(),
        error: rejection.map(|reason| reason.words),
        with_fetched,
    };
    (verdict, breaks_rule)
}

fn accepts(
    chain: &[CertificateDer<'_>],
    intermediates: &[CertificateDer<'_>],
    store: &TrustStore,
    at: Timestamp,
) -> Result<(), Rejection> {
    let leaf = chain
        .first()
        .ok_or_else(|| Rejection::other("no certificate was sent"))?;
    // A root that serves as a leaf is trusted as it stands, like OpenSSL does it; webpki refuses a CA in that place.
    if store.holds(leaf) {
        return if walk::dates_hold(leaf, at) {
            Ok(())
        } else {
            Err(Rejection::other(
                "the trusted certificate is outside its validity",
            ))
        };
    }
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let certificate = EndEntityCert::try_from(leaf)?;
    let usage = KeyUsage::server_auth();
    let path = certificate.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        store.anchors(),
        intermediates,
        time,
        usage,
        None,
        None,
    );
    path?;
    Ok(())
}

/// The end of a path that does not reach a root.
#[derive(Debug)]
pub struct MissingIssuer {
    /// The certificate whose issuer was not found.
    pub certificate: CertificateDer<'static>,
    /// The http and https addresses in it that may hold that issuer, at most eight.
    pub urls: Vec<String>,
}

/// Where the walk of `judgement` ended for want of an issuer; `None` if it did not.
#[must_use]
pub fn missing_issuer(
    chain: &[CertificateDer<'_>],
    fetched: &[CertificateDer<'_>],
    judgement: &ChainJudgement,
) -> Option<MissingIssuer> {
    let last = judgement.path.last()?;
    let missing = |fault: &ChainFault| matches!(fault, ChainFault::IssuerMissing { subject, .. } if *subject == last.subject);
    if !judgement.faults.iter().any(missing) {
        return None;
    }
    let certificate = chain
        .iter()
        .chain(fetched)
        .find(|der| fingerprint(der) == last.sha256)?;
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let urls = issuer_urls(&parsed)
        .into_iter()
        .filter(|url| url.starts_with("http://") || url.starts_with("https://"))
        .collect();
    Some(MissingIssuer {
        certificate: certificate.clone().into_owned(),
        urls,
    })
}

#[cfg(test)]
mod tests;
