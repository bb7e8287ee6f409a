//! Findings that blame the http layer.

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[];
