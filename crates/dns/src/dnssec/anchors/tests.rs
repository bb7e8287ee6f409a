//! Trust anchors: the built-in ones against the codec's copies of the keys, and files right and wrong.

use hickory_proto::dnssec::TrustAnchors as BundledKeys;

use super::*;
use crate::dnssec::signed_zone::{SignedZone, name};

fn line(text: &str) -> (usize, &'static str, String) {
    match TrustAnchors::parse(text) {
        Err(AnchorError::Line {
            line,
            expected,
            found,
        }) => (line, expected, found),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_built_in_anchors_vouch_for_the_roots_published_keys() {
    let signers = TrustAnchors::root().signers(&Name::root());
    let bundled = BundledKeys::default();
    assert_eq!(signers.len(), 2);
    for (place, (ds, tag)) in signers.iter().zip([20326, 38696]).enumerate() {
        let key = DNSKEY::with_flags(257, bundled.get(place).unwrap().clone());
        assert_eq!(key.calculate_key_tag().unwrap(), tag);
        assert_eq!(ds.key_tag(), tag);
        assert!(ds.covers(&Name::root(), &key).unwrap());
    }
}

#[test]
fn a_file_may_use_every_form_of_a_zone_file() {
    let file = "\
; comment
$TTL 1h
$ORIGIN test.
@       3600 IN DS 1 13 2 ( 00112233445566778899aabbccddeeff ; first half
                            00112233445566778899AABBCCDDEEFF )
        IN 300 DS 2 ECDSAP256SHA256 SHA-256 (00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff)

child   ds 3 RSASHA256 1 00112233445566778899aabbccddeeff00112233
other.example. DS 4 8 4 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
";
    let anchors = TrustAnchors::parse(file).unwrap();
    let tags = |zone: &str| -> Vec<u16> {
        let signers = anchors.signers(&name(zone));
        signers.iter().map(DS::key_tag).collect()
    };
    assert_eq!(tags("test."), [1, 2]);
    assert_eq!(tags("child.test."), [3]);
    assert_eq!(tags("OTHER.example."), [4]);
    assert!(tags("example.").is_empty());
    assert_eq!(
        anchors.enclosing(&name("www.child.test.")),
        Some(&name("child.test."))
    );
    assert_eq!(anchors.enclosing(&name("www.test.")), Some(&name("test.")));
    assert_eq!(anchors.enclosing(&name("www.example.")), None);
}

#[test]
fn a_dnskey_vouches_for_itself() {
    let zone = SignedZone::new("test.");
    let file = format!("test. IN DNSKEY {}", zone.dnskey);
    let signers = TrustAnchors::parse(&file).unwrap().signers(&zone.name);
    assert_eq!(signers, [zone.ds(DigestType::SHA256)]);
}

#[test]
fn a_mistake_is_named_with_its_line() {
    let digest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let (number, expected, found) = line("\n\n. IN NS a.test.\n");
    assert_eq!(number, 3);
    assert!(expected.contains("DS or DNSKEY"), "{expected}");
    assert_eq!(found, "NS");

    assert_eq!(line(&format!(". DS 70000 8 2 {digest}")).2, "70000");
    assert_eq!(line(&format!(". DS 1 RSASHA3 2 {digest}")).2, "RSASHA3");
    assert_eq!(line(". DS 1 8 2 00zz").1, "the digest in hex");
    assert_eq!(line(". DS 1 8 2 0011").2, "2 bytes");
    assert_eq!(line(". DS 1 8 2").2, "the end of the record");
    assert_eq!(line(". DNSKEY 257 2 8 AAAA").1, "the protocol 3");
    assert_eq!(line(". DNSKEY 257 3 8 A?AA").1, "the key in base64");
    assert_eq!(
        line(" DS 1 8 2 00").1,
        "an owner name at the start of the line"
    );
    assert_eq!(line(". DS 1 8 2 ( 00\n").0, 1);
    assert_eq!(
        line("\n. DS 1 8 2 00 )\n"),
        (2, "balanced parentheses", ")".to_owned())
    );
    assert_eq!(line("$ORIGIN test. more").2, "more");
    assert_eq!(line("a..b. DS 1 8 2 00").1, "an owner name");
}

#[test]
fn a_file_without_a_usable_record_is_refused() {
    assert_eq!(
        TrustAnchors::parse("; nothing\n").unwrap_err(),
        AnchorError::Empty
    );
    let zone = SignedZone::new("test.");
    let revoked = zone.with_flags(257 | 0x80);
    let digest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let file = format!(
        "test. DNSKEY {}\ntest. DS 1 253 2 {digest}\n",
        revoked.dnskey
    );
    assert_eq!(
        TrustAnchors::parse(&file).unwrap_err(),
        AnchorError::Unusable { records: 2 }
    );
}
