//! Handshakes with servers of our own.
