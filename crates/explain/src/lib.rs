//! The catalogue of findings: pure functions, Report -> Verdict
