//! Findings that blame the tls layer.

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[];
