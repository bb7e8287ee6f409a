//! Findings that blame the client layer: the observer is checked first.

mod no_network;
mod no_resolver;

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[&no_network::FINDING, &no_resolver::FINDING];
