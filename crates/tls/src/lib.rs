//! Shakes hands by flights, and judges the chain: the verdict is webpki's, the reason our own walk's.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`session`] | the handshake driven by hand, and the stream over the finished session |
//! | [`certificate`] | from DER to the record |
//! | [`store`] | trust stores: the system's, Mozilla's, a file's |
//! | [`judge()`] | verdict per store, name, and the walk that says which certificate and which link |

pub mod certificate;
mod judge;
pub mod session;
pub mod store;

pub use certificate::{parse_fetched, read_certificate};
pub use judge::{judge, missing_issuer_urls};
pub use rustls_pki_types::CertificateDer;
pub use session::{HandshakeRequest, HandshakeResult, TlsStream, handshake, tls_alert};
pub use store::{StoreError, TrustStore, TrustStores};
