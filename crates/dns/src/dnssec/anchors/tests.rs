//! Trust anchors: the built-in ones against the codec's copies of the keys, and files right and wrong.

use hickory_proto::dnssec::TrustAnchors as BundledKeys;

use super::*;
use crate::dnssec::signed_zone::{SignedZone, name};

fn refusal(text: &str) -> String {
    TrustAnchors::parse(text).unwrap_err().to_string()
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
        IN 300 DS 2 13 2 (00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff)

child   ds 3 8 1 00112233445566778899aabbccddeeff00112233
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
    assert_eq!(
        refusal("\n\n. IN NS a.test.\n"),
        "line 3: expected DS or DNSKEY, found NS"
    );
    assert_eq!(
        refusal(". DS 1 8 2 0011"),
        "line 1: expected a digest of its type's length, found 2 bytes"
    );
    assert_eq!(
        refusal(". CH DS 1 8 2 0011"),
        "line 1: expected the class IN, found CH"
    );
    assert_eq!(
        refusal(". DNSKEY 257 2 8 AAAA"),
        "line 1: expected protocol 3, found 2"
    );
    for (file, number) in [
        (". DS 70000 8 2 00", 1),
        (". DS 1 8 2 00zz", 1),
        (". DS 1 8 2", 1),
        ("\n. DNSKEY 257 3 8 A?AA", 2),
        ("; comment\n\n DS 1 8 2 00", 3),
        (". DS 1 8 2 ( 00\n", 1),
        ("\n. DS 1 8 2 00 )\n", 2),
        ("$ORIGIN test. more", 1),
        ("a..b. DS 1 8 2 00", 1),
        (". words", 1),
    ] {
        let refusal = refusal(file);
        assert!(
            refusal.starts_with(&format!("line {number}: ")),
            "{file}: {refusal}"
        );
    }
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
