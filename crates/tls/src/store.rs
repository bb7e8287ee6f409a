//! Trust stores: the system's, Mozilla's, and a file's. The first one decides.

use std::path::Path;
use std::sync::Arc;

use netwhy_report::tls::StoreKind;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor};
use thiserror::Error;

/// Why a file of roots cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// There is no certificate in it.
    #[error("it holds no certificate")]
    Empty,
}

/// One store.
#[derive(Debug)]
pub struct TrustStore {
    kind: StoreKind,
    roots: Vec<CertificateDer<'static>>,
    anchors: Vec<TrustAnchor<'static>>,
}

impl TrustStore {
    fn new(
        kind: StoreKind,
        certificates: impl IntoIterator<Item = CertificateDer<'static>>,
    ) -> Self {
        let usable = |root: CertificateDer<'static>| {
            let anchor = webpki::anchor_from_trusted_cert(&root).ok()?.to_owned();
            Some((root, anchor))
        };
        let (roots, anchors) = certificates.into_iter().filter_map(usable).unzip();
        Self {
            kind,
            roots,
            anchors,
        }
    }

    /// Which store this is.
    #[must_use]
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// Its roots as webpki wants them.
    #[must_use]
    pub fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    /// Whether exactly this certificate is a root.
    #[must_use]
    pub fn holds(&self, certificate: &[u8]) -> bool {
        self.roots.iter().any(|root| root.as_ref() == certificate)
    }

    /// The roots with this subject, given as the DER of a whole `Name`.
    pub fn named<'a>(
        &'a self,
        subject: &'a [u8],
    ) -> impl Iterator<Item = &'a CertificateDer<'static>> {
        // An anchor keeps the name's content only: the rest is a tag and at most three bytes of length.
        let same = |anchor: &TrustAnchor<'_>| {
            subject.ends_with(anchor.subject.as_ref())
                && subject.len() - anchor.subject.as_ref().len() <= 4
        };
        self.anchors
            .iter()
            .zip(&self.roots)
            .filter(move |(anchor, _)| same(anchor))
            .map(|(_, root)| root)
    }
}

/// The stores of a run, the deciding one first.
#[derive(Debug)]
pub struct TrustStores(Vec<TrustStore>);

impl TrustStores {
    /// The file's roots and Mozilla's, or the system's and Mozilla's. An empty system store leaves Mozilla's to decide.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read or holds no certificate.
    pub fn load(custom: Option<&Path>) -> Result<Self, StoreError> {
        let first = match custom {
            Some(path) => TrustStore::new(StoreKind::Custom, file(path)?),
            None => TrustStore::new(
                StoreKind::System,
                rustls_native_certs::load_native_certs().certs,
            ),
        };
        if custom.is_some() && first.roots.is_empty() {
            return Err(StoreError::Empty);
        }
        let mozilla = Self::mozilla().0;
        let stores = std::iter::once(first)
            .filter(|store| !store.roots.is_empty())
            .chain(mozilla);
        Ok(Self(stores.collect()))
    }

    /// Mozilla's store alone.
    #[must_use]
    pub fn mozilla() -> Self {
        Self(vec![TrustStore::new(
            StoreKind::Mozilla,
            webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned(),
        )])
    }

    /// Exactly these roots.
    #[must_use]
    pub fn only(roots: Vec<CertificateDer<'static>>) -> Self {
        Self(vec![TrustStore::new(StoreKind::Custom, roots)])
    }

    /// The stores, the deciding one first.
    #[must_use]
    pub fn all(&self) -> &[TrustStore] {
        &self.0
    }

    /// Settings for a session of somebody else's making (DNS over TLS, HTTPS or QUIC) that trusts the deciding store and
    /// verifies while it shakes hands, for now.
    ///
    /// # Errors
    /// What the TLS library says where it cannot be set up.
    pub fn verifying_client(&self) -> Result<rustls::ClientConfig, rustls::Error> {
        let deciding = self.0.first();
        let anchors = deciding.map_or(&[][..], TrustStore::anchors);
        let roots = rustls::RootCertStore {
            roots: anchors.to_vec(),
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        // Every exchange measures a full handshake.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(config)
    }

    /// How many roots the deciding store holds.
    #[must_use]
    pub fn roots(&self) -> usize {
        self.0.first().map_or(0, |store| store.roots.len())
    }
}

fn file(path: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let bytes = std::fs::read(path).map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let certificates = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
    certificates.map_err(|error| StoreError::Unreadable(error.to_string()))
}
