//! Answers of AIA addresses, good and hostile: what comes out of them, and what is said of the rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::*;

fn authority(common_name: &str) -> (CertificateDer<'static>, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let der = params.self_signed(&key).unwrap().der().clone();
    (der, Issuer::new(params, key))
}

fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], &length[..], content].concat()
}

/// The same element with an indefinite length, as BER allows it.
fn wrap_open(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80][..], content, &[0, 0]].concat()
}

fn certs_only(wrap: impl Fn(u8, &[u8]) -> Vec<u8>, certificates: &[u8]) -> Vec<u8> {
    let signed = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02,
    ];
    let data = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01,
    ];
    let body = [
        &[0x02, 0x01, 0x01][..],
        &[0x31, 0x00],
        &wrap(0x30, &data),
        &wrap(0xa0, certificates),
        &[0x31, 0x00],
    ]
    .concat();
    let content = wrap(0xa0, &wrap(0x30, &body));
    wrap(0x30, &[&signed[..], &content].concat())
}

fn armour(label: &str, der: &[u8]) -> Vec<u8> {
    format!(
        "a comment\r\n-----BEGIN {label}-----\r\n{}\r\n-----END {label}-----\r\n",
        BASE64.encode(der)
    )
    .into_bytes()
}

#[test]
fn every_form_gives_the_certificates_byte_for_byte() {
    let (one, _) = authority("One");
    let (two, _) = authority("Two");
    let both = [&one[..], &two[..]].concat();
    let message = certs_only(wrap, &both);
    let cases = [
        (one.to_vec(), FetchedForm::Der, vec![one.clone()]),
        (
            [&one[..], b"\n"].concat(),
            FetchedForm::Der,
            vec![one.clone()],
        ),
        (
            message.clone(),
            FetchedForm::Cms,
            vec![one.clone(), two.clone()],
        ),
        (
            certs_only(wrap_open, &both),
            FetchedForm::Cms,
            vec![one.clone(), two.clone()],
        ),
        (
            armour("CERTIFICATE", &one),
            FetchedForm::Pem,
            vec![one.clone()],
        ),
        (
            armour("PKCS7", &message),
            FetchedForm::PemCms,
            vec![one, two],
        ),
    ];
    for (bytes, form, expected) in cases {
        assert_eq!(parse_fetched(&bytes, 16), Ok((form, expected)));
    }
}

#[test]
fn no_more_certificates_come_out_than_the_limit() {
    let (one, _) = authority("One");
    let message = certs_only(wrap, &one.repeat(40));
    let (_, certificates) = parse_fetched(&message, 16).unwrap();
    assert_eq!(certificates.len(), 16);
}

#[test]
fn other_choices_and_malformed_neighbours_do_not_hide_the_certificate() {
    let (one, _) = authority("One");
    let attribute_certificate = wrap(0xa2, b"opaque");
    let set = [
        &attribute_certificate[..],
        &wrap(0x30, b"no certificate"),
        &one,
    ]
    .concat();
    assert_eq!(
        parse_fetched(&certs_only(wrap, &set), 16),
        Ok((FetchedForm::Cms, vec![one]))
    );
}

#[test]
fn every_cut_is_a_clear_no() {
    let (one, _) = authority("One");
    let armoured = armour("CERTIFICATE", &one);
    for whole in [
        one.to_vec(),
        certs_only(wrap, &one),
        certs_only(wrap_open, &one),
    ] {
        for length in 0..whole.len() {
            let reason = parse_fetched(&whole[..length], 16).unwrap_err();
            assert!(reason.starts_with("it"), "{length}: {reason}");
        }
    }
    let said = |bytes: &[u8]| parse_fetched(bytes, 16).unwrap_err();
    assert_eq!(
        said(&armoured[..armoured.len() / 2]),
        "its PEM is cut or malformed"
    );
    assert_eq!(
        said(&certs_only(wrap, &one)[..300]),
        "its PKCS#7 message is cut or malformed"
    );
    assert_eq!(
        said(&certs_only(wrap, &[])),
        "it holds no certificate that can be read"
    );
    assert_eq!(
        said(b"<html>not here</html>"),
        "it is neither DER nor PKCS#7 nor PEM"
    );
    assert_eq!(
        said(&armour("PRIVATE KEY", &one)),
        "it holds no certificate that can be read"
    );
}

#[test]
fn deep_nesting_and_lying_lengths_end_without_a_panic() {
    let nested = certs_only(wrap, &[0x30, 0x80].repeat(20_000));
    assert!(parse_fetched(&nested, 16).is_err());
    let mut lying = certs_only(wrap, b"");
    let end = lying.len();
    for at in 0..end {
        let before = std::mem::replace(&mut lying[at], 0xff);
        parse_fetched(&lying, 16).unwrap_err();
        lying[at] = before;
    }
}

#[test]
fn only_the_key_that_signed_certifies() {
    let (issuer, signer) = authority("Issuer");
    let (namesake, _) = authority("Issuer");
    let (stranger, _) = authority("Stranger");
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["shop.example.test".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &signer).unwrap().der().clone();
    assert!(certifies(&issuer, &leaf));
    assert!(!certifies(&namesake, &leaf), "the name alone is not enough");
    assert!(!certifies(&stranger, &leaf));
    assert!(!certifies(b"garbage", &leaf));
}
