//! The catalogue, layer by layer in causal order. To add a finding: one file in its layer's folder, two lines in that folder's `mod.rs`.

mod client;
mod dns;
mod http;
mod tcp;
mod tls;

use crate::finding::Declaration;

/// Codes that are no longer in use, each with the reason. They are never given to another finding.
pub const RETIRED: &[(&str, &str)] = &[];

/// Every finding, in causal order.
pub fn catalogue() -> impl Iterator<Item = &'static Declaration> {
    [
        client::FINDINGS,
        dns::FINDINGS,
        tcp::FINDINGS,
        tls::FINDINGS,
        http::FINDINGS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The finding of this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Declaration> {
    catalogue().find(|finding| finding.code == code)
}
