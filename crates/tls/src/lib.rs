//! Shakes hands by flights, and judges the chain: the verdict is webpki's, the reason our own walk's.
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`session`] | the handshake driven by hand, and the stream over the finished session |
//! | [`certificate`] | from DER to the record |
//! | [`fetched`] | certificates in what an AIA address gave |
//! | [`store`] | trust stores: the system's, Mozilla's, a file's |
//! | [`judge()`] | verdict per store, name, and the walk that says which certificate and which link |

pub mod certificate;
pub mod fetched;
mod judge;
pub mod session;
pub mod store;

pub use certificate::read_certificate;
pub use fetched::{certifies, parse_fetched};
pub use judge::{MissingIssuer, judge, missing_issuer};
pub use rustls::ClientConfig;
pub use rustls_pki_types::CertificateDer;
pub use session::{
    HandshakeRequest, HandshakeResult, TlsStream, handshake, seed_random_generator, tls_alert,
};
pub use store::{StoreError, TrustStore, TrustStores};
