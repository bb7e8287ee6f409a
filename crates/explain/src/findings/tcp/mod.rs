//! Findings that blame the tcp layer.

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[];
