//! Findings that blame the client layer.

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[];
