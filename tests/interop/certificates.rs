//! The certificates of the namespace internet, made anew for each run: a root, an intermediate, and good and bad leaves.

use std::path::Path;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};

const DAY: Duration = Duration::from_secs(86_400);

fn named(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = (SystemTime::now() - DAY).into();
    params.not_after = (SystemTime::now() + 90 * DAY).into();
    params
}

fn authority(common_name: &str) -> CertificateParams {
    let mut params = named(common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf(common_name: &str, names: &[&str]) -> CertificateParams {
    let mut params = named(common_name);
    params.subject_alt_names = names
        .iter()
        .map(|name| rcgen::SanType::DnsName((*name).try_into().expect("an ASCII name")))
        .collect();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

/// authorityInfoAccess with one caIssuers address (RFC 5280 §4.2.2.1), in DER by hand: rcgen has no type for it.
fn aia(url: &str) -> CustomExtension {
    let wrap = |tag: u8, content: &[u8]| {
        let mut der = vec![tag, u8::try_from(content.len()).expect("a short extension")];
        der.extend_from_slice(content);
        der
    };
    let method = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let description = [&method[..], &wrap(0x86, url.as_bytes())].concat();
    CustomExtension::from_oid_content(
        &[1, 3, 6, 1, 5, 5, 7, 1, 1],
        wrap(0x30, &wrap(0x30, &description)),
    )
}

fn save_in(folder: &Path) -> impl Fn(&str, &str) {
    move |name, text| std::fs::write(folder.join(name), text).expect("a writable folder")
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

/// What encrypted resolvers show: `resolver.pem` and `resolver.key`, for a name and for addresses, from the root in `ca.pem`.
pub(crate) fn write_resolver(folder: &Path, name: &str, addresses: &[&str]) {
    let save = save_in(folder);
    let root_key = key();
    let root_params = authority("Namespace Resolver Root");
    save(
        "ca.pem",
        &root_params.self_signed(&root_key).expect("a root").pem(),
    );
    let root = Issuer::new(root_params, root_key);
    let mut params = leaf(name, &[name]);
    params.subject_alt_names.extend(
        addresses
            .iter()
            .map(|address| rcgen::SanType::IpAddress(address.parse().expect("an address"))),
    );
    let key = key();
    save(
        "resolver.pem",
        &params.signed_by(&key, &root).expect("a leaf").pem(),
    );
    save("resolver.key", &key.serialize_pem());
}

pub(crate) fn write(folder: &Path) {
    let save = save_in(folder);
    let root_key = key();
    let root_params = authority("Namespace Root");
    save(
        "root.pem",
        &root_params.self_signed(&root_key).expect("a root").pem(),
    );
    let root = Issuer::new(root_params, root_key);
    let middle_key = key();
    let middle_params = authority("Namespace Intermediate");
    let middle_certificate = middle_params
        .signed_by(&middle_key, &root)
        .expect("an intermediate");
    std::fs::write(folder.join("intermediate.der"), middle_certificate.der())
        .expect("a writable folder");
    // The world turns it into a certs-only message with OpenSSL.
    save("intermediate.pem", &middle_certificate.pem());
    let stranger = authority("Namespace Intermediate").self_signed(&key());
    std::fs::write(
        folder.join("stranger.der"),
        stranger.expect("a stranger").der(),
    )
    .expect("a writable folder");
    let middle = Issuer::new(middle_params, middle_key);

    let sites = [
        "www",
        "alias",
        "badgateway",
        "gatewaytimeout",
        "oneofthree",
        "v6broken",
        "ca",
    ]
    .map(|host| format!("{host}.example.test"));
    let good = leaf("www.example.test", &sites.each_ref().map(String::as_str));
    let incomplete = |host: &str, issuer: &str| {
        let mut params = leaf(host, &[host]);
        params.custom_extensions.push(aia(issuer));
        params
    };
    let der = incomplete(
        "incomplete.example.test",
        "http://ca.example.test/intermediate.der",
    );
    let message = incomplete(
        "message.example.test",
        "https://ca.example.test/intermediate.p7c",
    );
    let stranger = incomplete(
        "stranger.example.test",
        "http://ca.example.test/stranger.der",
    );
    // An authority that the zone's CAA records do not let issue.
    let public_key = key();
    let mut public_params = authority("Namespace Public Intermediate");
    public_params
        .distinguished_name
        .push(DnType::OrganizationName, "Let's Encrypt");
    let public = public_params
        .signed_by(&public_key, &root)
        .expect("an intermediate");
    let forbidden_key = key();
    let forbidden = leaf("forbidden.example.test", &["forbidden.example.test"])
        .signed_by(&forbidden_key, &Issuer::new(public_params, public_key))
        .expect("a leaf");
    save("forbidden.pem", &(forbidden.pem() + &public.pem()));
    save("forbidden.key", &forbidden_key.serialize_pem());
    let mut expired = leaf("expired.example.test", &["expired.example.test"]);
    expired.not_before = (SystemTime::now() - 90 * DAY).into();
    expired.not_after = (SystemTime::now() - 3 * DAY).into();
    for (name, params, whole) in [
        ("good", good, true),
        ("leaf-only", der, false),
        ("leaf-only-message", message, false),
        ("leaf-only-stranger", stranger, false),
        ("expired", expired, true),
    ] {
        let key = key();
        let certificate = params.signed_by(&key, &middle).expect("a leaf").pem();
        let chain = if whole {
            certificate + &middle_certificate.pem()
        } else {
            certificate
        };
        save(&format!("{name}.pem"), &chain);
        save(&format!("{name}.key"), &key.serialize_pem());
    }
    let key = key();
    let alone = leaf("selfsigned.example.test", &["selfsigned.example.test"])
        .self_signed(&key)
        .expect("a leaf");
    save("selfsigned.pem", &alone.pem());
    save("selfsigned.key", &key.serialize_pem());
}
