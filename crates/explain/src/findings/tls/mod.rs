//! Findings that blame the tls layer.

mod alpn_mismatch;
mod ca_constraint;
mod certificate_expired;
mod certificate_expiring;
mod certificate_not_yet_valid;
mod chain;
mod chain_incomplete;
mod chain_rejected;
mod cipher_mismatch;
mod client_certificate_required;
mod handshake_failed;
mod handshakes;
mod intermediate_expired;
mod issuer;
mod name_mismatch;
mod name_unrecognized;
mod not_tls;
mod protocol_mismatch;
mod self_signed;
mod signature_invalid;
mod starttls_needed;
mod untrusted_issuer;

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[
    &not_tls::FINDING,
    &starttls_needed::FINDING,
    &protocol_mismatch::FINDING,
    &cipher_mismatch::FINDING,
    &name_unrecognized::FINDING,
    &alpn_mismatch::FINDING,
    &client_certificate_required::FINDING,
    &handshake_failed::FINDING,
    &certificate_expired::FINDING,
    &certificate_not_yet_valid::FINDING,
    &intermediate_expired::FINDING,
    &chain_incomplete::FINDING,
    &self_signed::FINDING,
    &untrusted_issuer::FINDING,
    &signature_invalid::FINDING,
    &ca_constraint::FINDING,
    &chain_rejected::FINDING,
    &name_mismatch::FINDING,
    &certificate_expiring::FINDING,
];
