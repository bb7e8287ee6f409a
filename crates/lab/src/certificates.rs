//! The lab's own CA, made at start: a root, good and bad intermediates, and good and bad leaves.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::LabError;
use crate::scenarios::Leaf;

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) struct Authority {
    root: Certificate,
    intermediate: Ca,
    /// Issued by the same root, and expired since.
    old_intermediate: Ca,
    /// Issued by the same root as a leaf: it may not issue.
    leaf: Ca,
    /// The intermediate's name with another key.
    rekeyed: Issuer<'static, KeyPair>,
    /// A second hierarchy that nobody trusts.
    other: Ca,
}

/// What a server shows: its chain, the leaf first, and the leaf's key.
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

/// A certificate with the key that issues in its name.
struct Ca {
    issuer: Issuer<'static, KeyPair>,
    der: CertificateDer<'static>,
}

impl Ca {
    fn signed(params: CertificateParams, by: &Issuer<'_, KeyPair>) -> Result<Self, LabError> {
        let key = KeyPair::generate()?;
        let der = params.signed_by(&key, by)?.der().clone();
        let issuer = Issuer::new(params, key);
        Ok(Self { issuer, der })
    }
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
        let root = root_params.self_signed(&root_key)?;
        let issuer = Issuer::new(root_params, root_key);
        let mut old = ca("Lab Old Intermediate");
        old.not_after = (SystemTime::now() - 12 * DAY).into();
        let mut leaf = ca("Lab Team Server");
        leaf.is_ca = IsCa::NoCa;
        let other_key = KeyPair::generate()?;
        let other_params = ca("Somebody Else's Root");
        let other_der = other_params.self_signed(&other_key)?.der().clone();
        Ok(Self {
            root,
            intermediate: Ca::signed(ca("Lab Intermediate"), &issuer)?,
            old_intermediate: Ca::signed(old, &issuer)?,
            leaf: Ca::signed(leaf, &issuer)?,
            rekeyed: Issuer::new(ca("Lab Intermediate"), KeyPair::generate()?),
            other: Ca {
                issuer: Issuer::new(other_params, other_key),
                der: other_der,
            },
        })
    }

    pub(crate) fn root_pem(&self) -> String {
        self.root.pem()
    }

    pub(crate) fn root_der(&self) -> &CertificateDer<'static> {
        self.root.der()
    }

    pub(crate) fn intermediate_der(&self) -> &[u8] {
        &self.intermediate.der
    }

    /// The certificate of `host`, of this kind; `aia` is where the intermediate can be fetched.
    pub(crate) fn identity(&self, host: &str, leaf: Leaf, aia: &str) -> Result<Identity, LabError> {
        let key = KeyPair::generate()?;
        let params = leaf_params(host, leaf, aia)?;
        let (issuer, sent) = match leaf {
            Leaf::SelfSigned => (None, None),
            Leaf::WithoutIntermediate => (Some(&self.intermediate.issuer), None),
            Leaf::OtherRoot => (Some(&self.other.issuer), Some(&self.other.der)),
            Leaf::OldIntermediate => (
                Some(&self.old_intermediate.issuer),
                Some(&self.old_intermediate.der),
            ),
            Leaf::OtherKey => (Some(&self.rekeyed), Some(&self.intermediate.der)),
            Leaf::NoCa => (Some(&self.leaf.issuer), Some(&self.leaf.der)),
            _ => (
                Some(&self.intermediate.issuer),
                Some(&self.intermediate.der),
            ),
        };
        let own = match issuer {
            Some(issuer) => params.signed_by(&key, issuer)?,
            None => params.self_signed(&key)?,
        };
        let mut chain = vec![own.der().clone()];
        chain.extend(sent.cloned());
        Ok(Identity {
            chain,
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        })
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
    if leaf == Leaf::UnknownExtension {
        // An OID of the arc for documentation (RFC 5612 keeps 32473 for it), with an empty OCTET STRING in it.
        let mut extension =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 1], vec![0x04, 0x00]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    }
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
