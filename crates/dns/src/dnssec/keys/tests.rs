//! A zone's keys against DS records: every outcome of a pair, and of the whole.

use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use hickory_proto::dnssec::PublicKeyBuf;
use netwhy_report::dns::proof::DsOutcome;

use super::*;
use crate::dnssec::signed_zone::{EXPIRATION, SignedZone, now};

fn judged(zone: &SignedZone, signers: &[DS], answers: &[Record]) -> ZoneKeysProof {
    let verdict = zone_keys(&zone.name, signers, answers, now());
    assert_eq!(
        verdict.keys.is_some(),
        verdict.proof.security == Security::Secure
    );
    assert_eq!(
        verdict.proof.reasons.is_empty(),
        verdict.proof.security == Security::Secure
    );
    verdict.proof
}

fn outcomes(proof: &ZoneKeysProof) -> Vec<&DsOutcome> {
    proof.delegation.iter().map(|pair| &pair.outcome).collect()
}

fn other_digest(ds: &DS) -> DS {
    let digest = vec![7; ds.digest().len()];
    DS::new(ds.key_tag(), ds.algorithm(), ds.digest_type(), digest)
}

fn key_record_of(zone: &SignedZone, flags: u16, algorithm: Algorithm, material: &[u8]) -> Record {
    let mut record = zone.dnskey_record();
    let key = DNSKEY::with_flags(flags, PublicKeyBuf::new(material.to_vec(), algorithm));
    record.data = RData::DNSSEC(DNSSECRData::DNSKEY(key));
    record
}

#[test]
fn each_digest_type_vouches() {
    let zone = SignedZone::new("test.");
    let answer = zone.signed(vec![zone.dnskey_record()]);
    for digest in [DigestType::SHA1, DigestType::SHA256, DigestType::SHA384] {
        let proof = judged(&zone, &[zone.ds(digest)], &answer);
        assert_eq!(proof.security, Security::Secure, "{digest:?}");
        assert_eq!(outcomes(&proof), [&DsOutcome::Matches]);
        assert_eq!(proof.signature.unwrap().key_tag, zone.tag());
        assert_eq!(proof.keys[0].bits, Some(256));
        assert_eq!(
            proof.weaknesses.len(),
            usize::from(digest == DigestType::SHA1)
        );
    }
}

#[test]
fn sha1_counts_only_without_a_stronger_digest() {
    let zone = SignedZone::new("test.");
    let answer = zone.signed(vec![zone.dnskey_record()]);
    let sha1 = zone.ds(DigestType::SHA1);
    let wrong = other_digest(&zone.ds(DigestType::SHA256));
    let proof = judged(&zone, &[sha1.clone(), wrong], &answer);
    assert_eq!(proof.security, Security::Bogus);
    assert!(matches!(
        outcomes(&proof)[..],
        [DsOutcome::Superseded, DsOutcome::DigestDiffers { .. }]
    ));
    assert!(matches!(
        proof.weaknesses[..],
        [Weakness::Sha1Digest { .. }]
    ));
    // A digest that cannot be computed does not supersede.
    let gost = DS::new(
        zone.tag(),
        sha1.algorithm(),
        DigestType::Unknown(3),
        vec![0; 32],
    );
    let proof = judged(&zone, &[sha1, gost], &answer);
    assert_eq!(proof.security, Security::Secure);
}

#[test]
fn a_ds_of_another_key_is_a_mismatch_with_the_pairs_seen() {
    let zone = SignedZone::new("test.");
    let answer = zone.signed(vec![zone.dnskey_record()]);
    let ds = zone.ds(DigestType::SHA256);
    let stray = DS::new(
        ds.key_tag() ^ 1,
        ds.algorithm(),
        ds.digest_type(),
        ds.digest().to_vec(),
    );
    let proof = judged(&zone, &[other_digest(&ds), stray], &answer);
    assert_eq!(proof.security, Security::Bogus);
    match &proof.reasons[..] {
        [ProofReason::NoMatchingDs { pairs }] => {
            let computed = HEXLOWER.encode(ds.digest());
            assert_eq!(pairs[0].outcome, DsOutcome::DigestDiffers { computed });
            assert_eq!(pairs[1].outcome, DsOutcome::NoKey);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_dnskey_records_the_zone_is_bogus() {
    let zone = SignedZone::new("test.");
    let proof = judged(&zone, &[zone.ds(DigestType::SHA256)], &[]);
    assert_eq!(proof.security, Security::Bogus);
    assert_eq!(proof.reasons, [ProofReason::NoDnskey]);
    // Keys of another zone are none.
    let child = SignedZone::new("child.test.");
    let answer = child.signed(vec![child.dnskey_record()]);
    let proof = judged(&zone, &[zone.ds(DigestType::SHA256)], &answer);
    assert_eq!(proof.reasons, [ProofReason::NoDnskey]);
}

#[test]
fn without_ds_records_nothing_is_known() {
    let zone = SignedZone::new("test.");
    let answer = zone.signed(vec![zone.dnskey_record()]);
    let proof = judged(&zone, &[], &answer);
    assert_eq!(proof.security, Security::Indeterminate);
    assert_eq!(proof.reasons, [ProofReason::NoTrustAnchor]);
}

#[test]
fn a_zone_is_insecure_only_if_every_ds_is_unsupported() {
    let zone = SignedZone::new("test.");
    let ed448 = DS::new(1, Algorithm::Unknown(16), DigestType::SHA256, vec![0; 32]);
    let gost = DS::new(2, Algorithm::RSASHA256, DigestType::Unknown(3), vec![0; 32]);
    let unsupported = [ed448.clone(), gost.clone()];
    let proof = judged(&zone, &unsupported, &[]);
    assert_eq!(proof.security, Security::Insecure);
    assert!(matches!(
        proof.reasons[..],
        [ProofReason::UnsupportedDelegation { .. }]
    ));
    assert_eq!(
        outcomes(&proof),
        [
            &DsOutcome::UnsupportedAlgorithm,
            &DsOutcome::UnsupportedDigest
        ]
    );
    let wrong = other_digest(&zone.ds(DigestType::SHA256));
    let answer = zone.signed(vec![zone.dnskey_record()]);
    let proof = judged(&zone, &[ed448, gost, wrong], &answer);
    assert_eq!(proof.security, Security::Bogus);
}

#[test]
fn a_matched_key_of_a_size_that_cannot_be_verified_counts_as_unsupported() {
    let zone = SignedZone::new("test.");
    // RSA with a modulus of 512 bits.
    let mut material = vec![3, 1, 0, 1];
    material.extend([0xff; 64]);
    let record = key_record_of(&zone, 257, Algorithm::RSASHA256, &material);
    let RData::DNSSEC(DNSSECRData::DNSKEY(key)) = &record.data else {
        panic!("{record:?}");
    };
    let digest = key.to_digest(&zone.name, DigestType::SHA256).unwrap();
    let ds = DS::new(
        key.calculate_key_tag().unwrap(),
        Algorithm::RSASHA256,
        DigestType::SHA256,
        digest.as_ref().to_vec(),
    );
    let answer = zone.signed(vec![record]);
    let proof = judged(&zone, std::slice::from_ref(&ds), &answer);
    assert_eq!(proof.security, Security::Insecure);
    let defect = KeyDefect::UnsupportedSize { bits: Some(512) };
    assert_eq!(outcomes(&proof), [&DsOutcome::UnusableKey { defect }]);
    // Who withholds the other key must not gain insecurity by it.
    let proof = judged(&zone, &[ds, zone.ds(DigestType::SHA256)], &answer);
    assert_eq!(proof.security, Security::Bogus);
}

#[test]
fn revoked_keys_and_keys_without_the_zone_flag_are_no_match() {
    for (flags, defect) in [(257 | 0x80, KeyDefect::Revoked), (1, KeyDefect::NotZoneKey)] {
        let zone = SignedZone::new("test.").with_flags(flags);
        let answer = zone.signed(vec![zone.dnskey_record()]);
        let proof = judged(&zone, &[zone.ds(DigestType::SHA256)], &answer);
        assert_eq!(proof.security, Security::Bogus);
        assert_eq!(
            outcomes(&proof),
            [&DsOutcome::UnusableKey {
                defect: defect.clone()
            }]
        );
        assert_eq!(proof.keys[0].defect, Some(defect));
    }
}

#[test]
fn the_matched_key_must_sign_the_key_set() {
    let (matched, other) = (SignedZone::new("test."), SignedZone::new("test."));
    let mut answer = vec![matched.dnskey_record(), other.dnskey_record()];
    let signature = other.signature(&answer, other.input(&answer));
    let ds = [matched.ds(DigestType::SHA256)];
    let unsigned = judged(&matched, &ds, &answer);
    assert!(matches!(
        unsigned.reasons[..],
        [ProofReason::NoSignature { .. }]
    ));
    answer.push(signature);
    let proof = judged(&matched, &ds, &answer);
    assert_eq!(proof.security, Security::Bogus);
    assert_eq!(
        proof.reasons[0],
        ProofReason::KeysNotSigned {
            matched: vec![matched.tag()],
            signed_by: vec![other.tag()],
        }
    );
    let keys = &answer[..2];
    answer.push(matched.signature(keys, matched.input(keys)));
    assert_eq!(judged(&matched, &ds, &answer).security, Security::Secure);
}

#[test]
fn an_expired_key_set_says_so() {
    let zone = SignedZone::new("test.");
    let answer = zone.signed(vec![zone.dnskey_record()]);
    let late = Timestamp::from_second(i64::from(EXPIRATION) + 1).unwrap();
    let verdict = zone_keys(&zone.name, &[zone.ds(DigestType::SHA256)], &answer, late);
    assert!(verdict.keys.is_none());
    assert!(matches!(
        verdict.proof.reasons[..],
        [ProofReason::SignatureExpired { .. }]
    ));
}

#[test]
fn sha1_algorithms_are_seen_once_each() {
    let zone = SignedZone::new("test.");
    let mut material = vec![3, 1, 0, 1];
    material.extend([0xff; 128]);
    let records = vec![
        zone.dnskey_record(),
        key_record_of(&zone, 256, Algorithm::from_u8(5), &material),
        key_record_of(&zone, 257, Algorithm::from_u8(5), &material),
        key_record_of(&zone, 257, Algorithm::from_u8(7), &material),
    ];
    let answer = zone.signed(records);
    let proof = judged(&zone, &[zone.ds(DigestType::SHA256)], &answer);
    let seen: Vec<u8> = proof
        .weaknesses
        .iter()
        .map(|weakness| match weakness {
            Weakness::Sha1Signature { algorithm, .. } => algorithm.number,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, [5, 7]);
}

#[test]
fn a_flood_of_ds_records_and_keys_is_bounded() {
    let zone = SignedZone::new("test.");
    let own = zone.dnskey.public_key().clone().into_inner();
    let records = (0..500_usize).map(|number| {
        let mut material = own.clone();
        // Tags collide: bytes of the same parity change places.
        material.swap(2 * (number % 32), 2 * (number / 32));
        key_record_of(&zone, 257, Algorithm::ECDSAP256SHA256, &material)
    });
    let answer = zone.signed(records.collect());
    let ds = zone.ds(DigestType::SHA256);
    let signers: Vec<DS> = (0..1000_u32)
        .map(|number| {
            let mut digest = ds.digest().to_vec();
            digest[..4].copy_from_slice(&number.to_be_bytes());
            DS::new(ds.key_tag(), ds.algorithm(), ds.digest_type(), digest)
        })
        .collect();
    let begin = Instant::now();
    let proof = judged(&zone, &signers, &answer);
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(proof.security, Security::Bogus);
}
