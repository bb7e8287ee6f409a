//! Signatures: one near miss for each reason, and hostile sets.

mod examples;

use std::time::{Duration, Instant};

use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData};
use hickory_proto::dnssec::{Algorithm, PublicKeyBuf};
use hickory_proto::rr::rdata::NULL;
use hickory_proto::rr::{RData, Record, RecordType};
use netwhy_report::dns::proof::{KeyDefect, Section};

use super::*;
use crate::dnssec::keys::Key;
use crate::dnssec::rrset::group;
use crate::dnssec::signed_zone::{
    EXPIRATION, INCEPTION, NOW, SignedZone, a, name, now, record, rrsig_record,
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn key(dnskey: &DNSKEY) -> Key {
    Key {
        tag: dnskey.calculate_key_tag().unwrap(),
        defect: crate::dnssec::algorithm::key_defect(dnskey),
        dnskey: dnskey.clone(),
    }
}

/// Judges the first RRset of `records`.
fn check(
    records: &[Record],
    zone: &SignedZone,
    now: Timestamp,
) -> Result<(Option<Name>, u32), Vec<ProofReason>> {
    check_with(records, &zone.name, &[key(&zone.dnskey)], now)
}

fn check_with(
    records: &[Record],
    zone: &Name,
    keys: &[Key],
    now: Timestamp,
) -> Result<(Option<Name>, u32), Vec<ProofReason>> {
    let sets = group(Section::Answer, records);
    verify(&sets[0], zone, keys, now, &mut Effort::for_message())
        .map(|verified| (verified.wildcard, verified.ttl))
}

#[test]
fn a_signature_holds_to_the_second() {
    let zone = SignedZone::new("test.");
    let records = zone.signed(vec![a("www.test.", 1), a("www.test.", 2)]);
    assert!(check(&records, &zone, at(INCEPTION.into())).is_ok());
    assert_eq!(
        check(&records, &zone, at(EXPIRATION.into())).unwrap(),
        (None, 0)
    );
    match &check(&records, &zone, at(i64::from(EXPIRATION) + 1)).unwrap_err()[..] {
        [
            ProofReason::SignatureExpired {
                expired_at,
                signature,
            },
        ] => {
            assert_eq!(*expired_at, at(EXPIRATION.into()));
            assert_eq!(signature.key_tag, zone.tag());
            assert_eq!(signature.owner.raw(), b"www.test.");
            assert_eq!(signature.covers, "A");
        }
        other => panic!("{other:?}"),
    }
    match &check(&records, &zone, at(i64::from(INCEPTION) - 1)).unwrap_err()[..] {
        [ProofReason::SignatureNotYetValid { inception, .. }] => {
            assert_eq!(*inception, at(INCEPTION.into()));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_ttl_is_capped_by_the_signed_one_and_the_expiration() {
    let zone = SignedZone::new("test.");
    let mut records = zone.signed(vec![a("www.test.", 1)]);
    records[0].ttl = 100_000;
    assert_eq!(check(&records, &zone, now()).unwrap(), (None, 300));
    records[0].ttl = 20;
    assert_eq!(check(&records, &zone, now()).unwrap(), (None, 20));
    let last = at(i64::from(EXPIRATION) - 7);
    assert_eq!(check(&records, &zone, last).unwrap(), (None, 7));
}

#[test]
fn the_order_sent_and_copies_do_not_matter() {
    let zone = SignedZone::new("test.");
    let mut records = zone.signed((1..=5).map(|last| a("www.test.", last)).collect());
    records.reverse();
    records.push(a("WWW.test.", 3));
    assert!(check(&records, &zone, now()).is_ok());
    records.push(a("www.test.", 6));
    assert!(check(&records, &zone, now()).is_err());
}

#[test]
fn each_fault_has_its_reason() {
    let zone = SignedZone::new("test.");
    let records = vec![a("www.test.", 1)];
    let fault = |change: &dyn Fn(&mut SigInput)| {
        let mut input = zone.input(&records);
        change(&mut input);
        let mut sent = records.clone();
        sent.push(zone.signature(&records, input));
        let mut reasons = check(&sent, &zone, now()).unwrap_err();
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        reasons.remove(0)
    };
    assert!(matches!(
        check(&records, &zone, now()).unwrap_err()[..],
        [ProofReason::NoSignature { .. }]
    ));
    assert!(matches!(
        fault(&|input| input.signer_name = name("other.")),
        ProofReason::WrongSigner { .. }
    ));
    assert!(matches!(
        fault(&|input| input.signer_name = Name::root()),
        ProofReason::WrongSigner { .. }
    ));
    assert!(matches!(
        fault(&|input| input.signer_name = name("www.test.")),
        ProofReason::SignedBelow { .. }
    ));
    assert!(matches!(
        fault(&|input| input.key_tag ^= 1),
        ProofReason::NoMatchingKey { .. }
    ));
    assert!(matches!(
        fault(&|input| input.algorithm = Algorithm::ED25519),
        ProofReason::NoMatchingKey { .. }
    ));
    assert!(matches!(
        fault(&|input| input.algorithm = Algorithm::Unknown(16)),
        ProofReason::UnsupportedAlgorithm { .. }
    ));
    // A period that ends before it begins.
    assert!(matches!(
        fault(&|input| input.sig_expiration = (INCEPTION - 1).into()),
        ProofReason::SignatureExpired { .. }
    ));
    let mut changed = zone.signed(records.clone());
    changed[0] = a("www.test.", 9);
    assert!(matches!(
        check(&changed, &zone, now()).unwrap_err()[..],
        [ProofReason::SignatureInvalid { .. }]
    ));
}

#[test]
fn labels_must_fit_the_owner_and_the_zone() {
    let zone = SignedZone::new("sub.test.");
    let relabelled = |wildcard: &str, labels: u8| {
        let mut records = zone.expanded(wildcard, "a.sub.test.", a("x.", 1).data);
        if let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &records[1].data {
            let mut input = signature.input().clone();
            input.num_labels = labels;
            let bytes = signature.sig().to_vec();
            records[1] = rrsig_record(name("a.sub.test."), 300, input, bytes);
        }
        check(&records, &zone, now())
    };
    // Regular: `*.sub.test.` expanded.
    let (wildcard, _) = relabelled("*.sub.test.", 2).unwrap();
    assert_eq!(wildcard, Some(name("*.sub.test.")));
    // One too many, and a wildcard of the zone above, which this zone has no say over.
    for (wildcard, labels) in [("*.sub.test.", 4), ("*.test.", 1), ("*.", 0)] {
        assert!(
            matches!(
                relabelled(wildcard, labels).unwrap_err()[..],
                [ProofReason::WrongLabels {
                    owner_labels: 3,
                    ..
                }]
            ),
            "{wildcard} {labels}"
        );
    }
}

#[test]
fn a_wildcard_asked_for_by_its_own_name_is_not_expanded() {
    let zone = SignedZone::new("test.");
    let records = zone.signed(vec![a("*.test.", 1)]);
    assert_eq!(check(&records, &zone, now()).unwrap(), (None, 300));
}

#[test]
fn a_revoked_key_verifies_nothing() {
    let zone = SignedZone::new("test.").with_flags(257 | 0x80);
    let records = zone.signed(vec![a("www.test.", 1)]);
    assert!(matches!(
        check(&records, &zone, now()).unwrap_err()[..],
        [ProofReason::UnusableKey {
            defect: KeyDefect::Revoked,
            ..
        }]
    ));
}

#[test]
fn one_good_signature_among_bad_ones_is_enough_and_of_bad_ones_the_nearest_comes_first() {
    let zone = SignedZone::new("test.");
    let records = vec![a("www.test.", 1)];
    let mut sent = records.clone();
    for change in [
        (|input| input.signer_name = name("other.")) as fn(&mut SigInput),
        |input| input.key_tag ^= 1,
        |input| input.sig_expiration = (INCEPTION + 1).into(),
    ] {
        let mut input = zone.input(&records);
        change(&mut input);
        sent.push(zone.signature(&records, input));
    }
    let reasons = check(&sent, &zone, now()).unwrap_err();
    assert!(matches!(
        reasons[..],
        [
            ProofReason::SignatureExpired { .. },
            ProofReason::NoMatchingKey { .. },
            ProofReason::WrongSigner { .. }
        ]
    ));
    sent.push(zone.signature(&records, zone.input(&records)));
    assert!(check(&sent, &zone, now()).is_ok());
}

#[test]
fn names_in_types_that_the_codec_does_not_know_are_lowered() {
    let zone = SignedZone::new("test.");
    // RP (17): two names (RFC 1183 §2.2).
    let rp = |wire: &[u8]| {
        let rdata = NULL::with(wire.to_vec());
        let code = RecordType::Unknown(17);
        record("www.test.", RData::Unknown { code, rdata })
    };
    let mut records = zone.signed(vec![rp(b"\x01a\x04test\x00\x01b\x00")]);
    records[0] = rp(b"\x01A\x04tEST\x00\x01B\x00");
    assert!(check(&records, &zone, now()).is_ok());
    // A compressed name cannot be restored from the record alone: no verdict, rather than a wrong one.
    for wire in [&b"\x01a\xc0\x0c\x01b\x00"[..], b"\x01a\x04tes"] {
        records[0] = rp(wire);
        assert!(matches!(
            check(&records, &zone, now()).unwrap_err()[..],
            [ProofReason::NoCanonicalForm { .. }]
        ));
    }
    // An unknown type is opaque.
    let opaque = |wire: &[u8]| {
        let rdata = NULL::with(wire.to_vec());
        let code = RecordType::Unknown(65280);
        record("www.test.", RData::Unknown { code, rdata })
    };
    let mut records = zone.signed(vec![opaque(b"\x01a\x00")]);
    assert!(check(&records, &zone, now()).is_ok());
    records[0] = opaque(b"\x01A\x00");
    assert!(check(&records, &zone, now()).is_err());
}

#[test]
fn a_thousand_bad_signatures_cost_eight_verifications() {
    let zone = SignedZone::new("test.");
    let records = zone.signed(vec![a("www.test.", 1)]);
    let mut sent = vec![a("www.test.", 2)];
    sent.extend((0..1000).map(|_| records[1].clone()));
    // The good one comes too late.
    sent.push(zone.signed(vec![a("www.test.", 2)]).remove(1));
    let begin = Instant::now();
    let reasons = check(&sent, &zone, now()).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert_eq!(
        reasons[0],
        ProofReason::TooManySignatures {
            signatures: 1001,
            limit: 8
        }
    );
    assert!(reasons.len() <= REASONS);
}

#[test]
fn a_thousand_signatures_without_a_key_cost_no_verification() {
    let zone = SignedZone::new("test.");
    let mut sent = vec![a("www.test.", 2)];
    let mut input = zone.input(&sent);
    input.key_tag ^= 1;
    let stray = zone.signature(&sent, input);
    let good = zone.signature(&sent, zone.input(&sent));
    sent.extend(std::iter::repeat_n(stray, 1000));
    sent.push(good);
    assert!(check(&sent, &zone, now()).is_ok());
}

#[test]
fn of_keys_with_one_tag_two_are_tried() {
    let zone = SignedZone::new("test.");
    let records = zone.signed(vec![a("www.test.", 1)]);
    let own = key(&zone.dnskey);
    // Swapping two bytes of the same parity keeps the sum that a tag is.
    let colliding = |shift: usize| {
        let mut material = zone.dnskey.public_key().clone().into_inner();
        material.rotate_left(2 * shift);
        let dnskey = DNSKEY::with_flags(257, PublicKeyBuf::new(material, own.algorithm()));
        key(&dnskey)
    };
    let mut keys: Vec<Key> = (1..=30).map(colliding).collect();
    assert!(keys.iter().all(|key| key.tag == own.tag));
    assert!(check_with(&records, &zone.name, &[keys[0].clone(), own.clone()], now()).is_ok());
    keys.push(own);
    assert!(matches!(
        check_with(&records, &zone.name, &keys, now()).unwrap_err()[..],
        [ProofReason::KeyTagCollisions {
            keys: 31,
            limit: 2,
            ..
        }]
    ));
}

#[test]
fn the_effort_of_a_message_is_bounded_too() {
    let zone = SignedZone::new("test.");
    let records = zone.signed(vec![a("www.test.", 1)]);
    let sets = group(Section::Answer, &records);
    let keys = [key(&zone.dnskey)];
    let mut effort = Effort::for_message();
    for _ in 0..VERIFICATIONS_PER_MESSAGE {
        assert!(verify(&sets[0], &zone.name, &keys, now(), &mut effort).is_ok());
    }
    assert!(matches!(
        verify(&sets[0], &zone.name, &keys, now(), &mut effort)
            .err()
            .unwrap()[..],
        [ProofReason::TooManySignatures {
            signatures: 1,
            limit: 64
        }]
    ));
}
