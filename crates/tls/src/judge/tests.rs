//! Chains of our own making.
