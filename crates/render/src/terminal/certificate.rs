//! The certificate in words: how long it is valid, or what is wrong with its chain.

use jiff::Timestamp;
use netwhy_report::Untrusted;
use netwhy_report::tls::{Certificate, ChainFault, ChainJudgement, NameVerdict, TlsRecord};

use crate::units;

/// `certificate valid to 2027-01-02 (38 days left)`, for the time that the chain was judged at.
pub(super) fn validity(record: &TlsRecord, now: Timestamp) -> Option<String> {
    let leaf = record
        .chain
        .first()
        .filter(|leaf| leaf.malformed.is_none())?;
    let at = record
        .judgement
        .as_ref()
        .map_or(now, |judgement| judgement.at);
    let day = units::day(leaf.not_after);
    Some(if leaf.not_after < at {
        format!(
            "certificate expired {} ago ({day})",
            units::distance(leaf.not_after, at)
        )
    } else {
        format!(
            "certificate valid to {day} ({} left)",
            units::distance(at, leaf.not_after)
        )
    })
}

/// Why the certificate is not accepted; `None` if it is, or if none was judged.
pub(super) fn trouble(record: &TlsRecord, now: Timestamp) -> Option<String> {
    let judgement = record.judgement.as_ref()?;
    if judgement.verified() {
        return None;
    }
    let mut parts = Vec::new();
    if let Some(root_cause) = judgement.faults.first() {
        parts.push(fault(root_cause, record, judgement, now));
    }
    if let NameVerdict::Mismatch { nearest, .. } = &judgement.name {
        let name = &record.server_name;
        parts.push(match nearest {
            Some(nearest) => format!(
                "certificate is for \"{}\", not for \"{name}\"",
                nearest.escaped()
            ),
            None => format!("certificate does not cover \"{name}\""),
        });
    }
    if parts.is_empty() {
        parts.extend(judgement.stores.first().map(|store| match &store.error {
            Some(error) => format!("rejected by {}: {error}", store.store.name()),
            None => format!("not accepted by {}", store.store.name()),
        }));
    }
    Some(if parts.is_empty() {
        "the certificate could not be verified".to_owned()
    } else {
        parts.join("; ")
    })
}

fn fault(
    fault: &ChainFault,
    record: &TlsRecord,
    judgement: &ChainJudgement,
    now: Timestamp,
) -> String {
    let at = record
        .judgement
        .as_ref()
        .map_or(now, |judgement| judgement.at);
    match fault {
        ChainFault::Expired {
            index,
            subject,
            not_after,
        } => {
            format!(
                "{} expired {} ago ({})",
                who(*index, subject, record),
                units::distance(*not_after, at),
                units::day(*not_after)
            )
        }
        ChainFault::NotYetValid {
            index,
            subject,
            not_before,
        } => {
            format!(
                "{} is not valid before {}",
                who(*index, subject, record),
                units::moment(*not_before)
            )
        }
        ChainFault::IssuerMissing { issuer, .. } => {
            let issuer = issuer_name(issuer, record);
            if judgement.aia.as_ref().is_some_and(|aia| aia.completes) {
                format!("chain incomplete: \"{issuer}\" is not sent")
            } else {
                format!("issuer \"{issuer}\" is neither sent nor trusted")
            }
        }
        ChainFault::SelfSigned { .. } => "certificate is self-signed and not trusted".to_owned(),
        ChainFault::UntrustedRoot { subject, .. } => {
            format!("root \"{}\" is not trusted", subject_name(subject, record))
        }
        ChainFault::ConstraintViolated {
            index,
            subject,
            rule,
        } => format!("{} breaks a rule: {rule}", who(*index, subject, record)),
        ChainFault::SignatureInvalid { index, subject, .. } => {
            format!("{} carries a bad signature", who(*index, subject, record))
        }
        ChainFault::Malformed { reason, .. } => format!("a certificate cannot be parsed: {reason}"),
    }
}

/// The certificate at fault: the server's own needs no name.
fn who(index: Option<usize>, subject: &Untrusted, record: &TlsRecord) -> String {
    if index == Some(0) {
        "certificate".to_owned()
    } else {
        format!("\"{}\"", subject_name(subject, record))
    }
}

/// The common name where the chain tells it, else the whole subject.
fn subject_name(subject: &Untrusted, record: &TlsRecord) -> String {
    let known = |certificate: &Certificate| {
        certificate
            .common_name
            .clone()
            .filter(|_| certificate.subject == *subject)
    };
    record
        .chain
        .iter()
        .find_map(known)
        .unwrap_or_else(|| subject.clone())
        .escaped()
}

/// The same for an issuer, which the certificates that it issued name too.
fn issuer_name(issuer: &Untrusted, record: &TlsRecord) -> String {
    let known = |certificate: &Certificate| {
        certificate
            .issuer_common_name
            .clone()
            .filter(|_| certificate.issuer == *issuer)
    };
    record
        .chain
        .iter()
        .find_map(known)
        .map_or_else(|| subject_name(issuer, record), |name| name.escaped())
}
