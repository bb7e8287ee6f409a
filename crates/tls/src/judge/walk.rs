//! Our own walk from the leaf towards a root: which certificate, which link, and what is wrong with it.
//! It takes one step at a time and prefers the issuer whose signature and dates hold, so its cost is bounded by the chain.

use jiff::Timestamp;
use netwhy_report::Untrusted;
use netwhy_report::tls::{ChainFault, FoundIn, PathLink};
use rustls_pki_types::CertificateDer;
use x509_parser::error::X509Error;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::certificate::{fingerprint, is_ca, is_self_signed, timestamp};
use crate::store::TrustStores;

/// Longest path that is walked.
const DEPTH: usize = 12;

#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) path: Vec<PathLink>,
    pub(super) faults: Vec<ChainFault>,
}

struct Candidate<'a> {
    certificate: X509Certificate<'a>,
    der: &'a [u8],
    found: FoundIn,
}

pub(super) fn dates_hold(der: &[u8], at: Timestamp) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, certificate)| within(&certificate, at))
}

fn within(certificate: &X509Certificate<'_>, at: Timestamp) -> bool {
    let validity = certificate.validity();
    (timestamp(validity.not_before.timestamp())..=timestamp(validity.not_after.timestamp()))
        .contains(&at)
}

fn subject(certificate: &X509Certificate<'_>) -> Untrusted {
    let text = certificate.subject().to_string();
    Untrusted::new(&text.as_bytes()[..text.len().min(1024)])
}

fn issuer(certificate: &X509Certificate<'_>) -> Untrusted {
    let text = certificate.issuer().to_string();
    Untrusted::new(&text.as_bytes()[..text.len().min(1024)])
}

fn sent_index(found: FoundIn) -> Option<usize> {
    match found {
        FoundIn::Sent { index } => Some(index),
        _ => None,
    }
}

pub(super) fn walk(
    chain: &[CertificateDer<'_>],
    fetched: &[CertificateDer<'_>],
    stores: &TrustStores,
    at: Timestamp,
) -> Walk {
    let mut walk = Walk::default();
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let sent = chain
        .iter()
        .enumerate()
        .map(|(index, der)| (der, FoundIn::Sent { index }));
    for (der, found) in sent.chain(fetched.iter().map(|der| (der, FoundIn::Fetched))) {
        match X509Certificate::from_der(der) {
            Ok((_, certificate)) => candidates.push(Candidate {
                certificate,
                der,
                found,
            }),
            Err(error) => {
                let reason = error.to_string().chars().take(200).collect();
                walk.faults.push(ChainFault::Malformed {
                    index: sent_index(found),
                    reason,
                });
                if found == (FoundIn::Sent { index: 0 }) {
                    return walk;
                }
            }
        }
    }
    if candidates.is_empty() {
        return walk;
    }
    let mut at_index = 0;
    let mut visited = vec![0];
    while walk.path.len() < DEPTH {
        let current = &candidates[at_index];
        walk.link(current);
        walk.judge_dates(current, at);
        match walk.next(current, &candidates, &visited, stores, at) {
            Some(next) => {
                walk.judge_issuer(&candidates[next], visited.len() - 1);
                visited.push(next);
                at_index = next;
            }
            None => return walk,
        }
    }
    walk
}

impl Walk {
    fn link(&mut self, candidate: &Candidate<'_>) {
        self.path.push(PathLink {
            subject: subject(&candidate.certificate),
            sha256: fingerprint(candidate.der),
            not_after: timestamp(candidate.certificate.validity().not_after.timestamp()),
            found: candidate.found,
        });
    }

    fn judge_dates(&mut self, candidate: &Candidate<'_>, at: Timestamp) {
        let validity = candidate.certificate.validity();
        let (not_before, not_after) = (
            timestamp(validity.not_before.timestamp()),
            timestamp(validity.not_after.timestamp()),
        );
        let (index, subject) = (sent_index(candidate.found), subject(&candidate.certificate));
        if at > not_after {
            self.faults.push(ChainFault::Expired {
                index,
                subject,
                not_after,
            });
        } else if at < not_before {
            self.faults.push(ChainFault::NotYetValid {
                index,
                subject,
                not_before,
            });
        }
    }

    /// The next certificate of the path; `None` at its end, with the fault that ends it, if any.
    fn next(
        &mut self,
        current: &Candidate<'_>,
        candidates: &[Candidate<'_>],
        visited: &[usize],
        stores: &TrustStores,
        at: Timestamp,
    ) -> Option<usize> {
        let certificate = &current.certificate;
        if self.ends_in_store(current, stores) {
            return None;
        }
        let index = sent_index(current.found);
        if is_self_signed(certificate) {
            let subject = subject(certificate);
            self.faults.push(if index == Some(0) {
                ChainFault::SelfSigned { subject }
            } else {
                ChainFault::UntrustedRoot { index, subject }
            });
            return None;
        }
        let fits = |one: &&usize| signs(&candidates[**one].certificate, certificate);
        let named: Vec<usize> = (0..candidates.len())
            .filter(|one| {
                !visited.contains(one)
                    && candidates[*one].certificate.subject() == certificate.issuer()
                    // A fetched stranger of the same name is no fault of the chain as sent.
                    && (candidates[*one].found != FoundIn::Fetched || fits(&one))
            })
            .collect();
        let best = named
            .iter()
            .filter(fits)
            .min_by_key(|one| (!within(&candidates[**one].certificate, at), **one));
        match (best, named.is_empty()) {
            (Some(next), _) => {
                if candidates[*next].found == FoundIn::Fetched && current.found != FoundIn::Fetched
                {
                    self.missing(current);
                }
                Some(*next)
            }
            (None, true) => {
                self.missing(current);
                None
            }
            (None, false) => {
                let (subject, issuer) = (subject(certificate), issuer(certificate));
                self.faults.push(ChainFault::SignatureInvalid {
                    index,
                    subject,
                    issuer,
                });
                None
            }
        }
    }

    fn missing(&mut self, current: &Candidate<'_>) {
        let certificate = &current.certificate;
        self.faults.push(ChainFault::IssuerMissing {
            index: sent_index(current.found),
            subject: subject(certificate),
            issuer: issuer(certificate),
        });
    }

    /// Whether the deciding store holds this certificate or its issuer; the root is then the path's last link.
    fn ends_in_store(&mut self, current: &Candidate<'_>, stores: &TrustStores) -> bool {
        let Some(store) = stores.all().first() else {
            return false;
        };
        if store.holds(current.der) {
            return true;
        }
        for root in store.named(current.certificate.issuer().as_raw()) {
            let Ok((_, certificate)) = X509Certificate::from_der(root) else {
                continue;
            };
            if signs(&certificate, &current.certificate) {
                self.link(&Candidate {
                    certificate,
                    der: root,
                    found: FoundIn::Store {
                        store: store.kind(),
                    },
                });
                return true;
            }
        }
        false
    }

    /// Whether the next certificate may issue at all (RFC 5280 §6.1.4); `below` counts the intermediates under it.
    fn judge_issuer(&mut self, next: &Candidate<'_>, below: usize) {
        let certificate = &next.certificate;
        let usage = certificate.key_usage().ok().flatten();
        let length = certificate
            .basic_constraints()
            .ok()
            .flatten()
            .and_then(|constraints| constraints.value.path_len_constraint);
        let rule = if !is_ca(certificate) {
            "it is not a CA certificate (basicConstraints CA is not set)"
        } else if usage.is_some_and(|usage| !usage.value.key_cert_sign()) {
            "its key usage does not include keyCertSign"
        } else if length
            .is_some_and(|length| usize::try_from(length).is_ok_and(|length| below > length))
        {
            "its path length constraint is exceeded"
        } else {
            return;
        };
        self.faults.push(ChainFault::ConstraintViolated {
            index: sent_index(next.found),
            subject: subject(certificate),
            rule: rule.to_owned(),
        });
    }
}

/// Whether `issuer` signed `certificate`. An algorithm that cannot be checked here is not held against it: webpki decides.
pub(crate) fn signs(issuer: &X509Certificate<'_>, certificate: &X509Certificate<'_>) -> bool {
    !matches!(
        certificate.verify_signature(Some(issuer.public_key())),
        Err(X509Error::SignatureVerificationError)
    )
}
