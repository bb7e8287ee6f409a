//! Findings that blame the dns layer.

mod hosts_override;
mod name_missing;
mod no_address;
mod refused;
mod resolver_down;
mod servfail;
mod slow;
mod timeout;
mod unresolved;

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[
    &hosts_override::FINDING,
    &timeout::FINDING,
    &refused::FINDING,
    &servfail::FINDING,
    &name_missing::FINDING,
    &no_address::FINDING,
    &resolver_down::FINDING,
    &slow::FINDING,
];
