//! The lab's own CA, made at start: a root, an intermediate, and good and bad leaves.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::LabError;
use crate::scenarios::Leaf;

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) struct Authority {
    root_pem: String,
    intermediate: Issuer<'static, KeyPair>,
    intermediate_der: CertificateDer<'static>,
    /// A second hierarchy that nobody trusts.
    other: Issuer<'static, KeyPair>,
    other_der: CertificateDer<'static>,
}

fn ca(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = (SystemTime::now() - 200 * DAY).into();
    params.not_after = (SystemTime::now() + 2000 * DAY).into();
    params
}

impl Authority {
    pub(crate) fn new() -> Result<Self, LabError> {
        let root_key = KeyPair::generate()?;
        let root_params = ca("Lab Root");
        let root_pem = root_params.self_signed(&root_key)?.pem();
        let root = Issuer::new(root_params, root_key);
        let key = KeyPair::generate()?;
        let params = ca("Lab Intermediate");
        let intermediate_der = params.signed_by(&key, &root)?.der().clone();
        let other_key = KeyPair::generate()?;
        let other_params = ca("Somebody Else's Root");
        let other_der = other_params.self_signed(&other_key)?.der().clone();
        let intermediate = Issuer::new(params, key);
        Ok(Self {
            root_pem,
            intermediate,
            intermediate_der,
            other: Issuer::new(other_params, other_key),
            other_der,
        })
    }

    pub(crate) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    pub(crate) fn intermediate_der(&self) -> &[u8] {
        &self.intermediate_der
    }

    /// TLS settings for `host` with this kind of certificate; `aia` is where the intermediate can be fetched.
    pub(crate) fn server(
        &self,
        host: &str,
        leaf: Leaf,
        aia: &str,
    ) -> Result<Arc<ServerConfig>, LabError> {
        let key = KeyPair::generate()?;
        let params = leaf_params(host, leaf, aia)?;
        let chain = match leaf {
            Leaf::SelfSigned => vec![params.self_signed(&key)?.der().clone()],
            Leaf::OtherRoot => vec![
                params.signed_by(&key, &self.other)?.der().clone(),
                self.other_der.clone(),
            ],
            Leaf::WithoutIntermediate => {
                vec![params.signed_by(&key, &self.intermediate)?.der().clone()]
            }
            _ => vec![
                params.signed_by(&key, &self.intermediate)?.der().clone(),
                self.intermediate_der.clone(),
            ],
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn leaf_params(host: &str, leaf: Leaf, aia: &str) -> Result<CertificateParams, LabError> {
    let now = SystemTime::now();
    let (from, to) = match leaf {
        Leaf::Expired => (now - 93 * DAY, now - 3 * DAY),
        Leaf::NotYetValid => (now + DAY, now + 91 * DAY),
        Leaf::Expiring => (now - 81 * DAY, now + 9 * DAY),
        _ => (now - DAY, now + 89 * DAY),
    };
    let named = if leaf == Leaf::OtherName {
        "elsewhere.lab.test"
    } else {
        host
    };
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, named);
    params.subject_alt_names = vec![SanType::DnsName(named.try_into()?)];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    (params.not_before, params.not_after) = (from.into(), to.into());
    if leaf != Leaf::SelfSigned {
        params.use_authority_key_identifier_extension = true;
        params.custom_extensions.push(authority_information(aia));
    }
    Ok(params)
}

/// authorityInfoAccess with one caIssuers address (RFC 5280 §4.2.2.1), DER by hand: rcgen has no type for it.
fn authority_information(url: &str) -> CustomExtension {
    let wrap = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap_or(0x7f);
        [&[tag, length][..], content].concat()
    };
    let ca_issuers = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let description = [&ca_issuers[..], &wrap(0x86, url.as_bytes())].concat();
    CustomExtension::from_oid_content(
        &[1, 3, 6, 1, 5, 5, 7, 1, 1],
        wrap(0x30, &wrap(0x30, &description)),
    )
}
