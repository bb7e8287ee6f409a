//! Report and Verdict -> terminal, JSON
