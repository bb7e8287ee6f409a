//! Findings that blame the dns layer.

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[];
