//! Proofs as data: the worst of two outcomes, and the JSON form.

use super::*;

fn signature() -> SignatureRecord {
    SignatureRecord {
        owner: Untrusted::from("www.example."),
        covers: "A".to_owned(),
        signer: Untrusted::from("example."),
        key_tag: 38519,
        algorithm: Registered {
            number: 8,
            name: "RSASHA256".to_owned(),
        },
        labels: 2,
        inception: "2026-01-01T00:00:00Z".parse().unwrap(),
        expiration: "2026-02-01T00:00:00Z".parse().unwrap(),
    }
}

#[test]
fn the_worst_part_decides() {
    let order = [
        Security::Secure,
        Security::Insecure,
        Security::Indeterminate,
        Security::Bogus,
    ];
    for (place, better) in order.iter().enumerate() {
        for worse in &order[place..] {
            assert_eq!(better.and(*worse), *worse);
            assert_eq!(worse.and(*better), *worse);
        }
    }
}

#[test]
fn a_reason_is_tagged_and_its_times_are_rfc_3339() {
    let reason = ProofReason::SignatureExpired {
        expired_at: signature().expiration,
        signature: signature(),
    };
    let json = serde_json::to_value(&reason).unwrap();
    assert_eq!(json["reason"], "signature_expired");
    assert_eq!(json["expired_at"], "2026-02-01T00:00:00Z");
    assert_eq!(json["signature"]["owner"]["text"], "www.example.");
    assert_eq!(json["signature"]["algorithm"]["number"], 8);
    assert_eq!(serde_json::from_value::<ProofReason>(json).unwrap(), reason);
}

#[test]
fn a_proof_survives_the_round_trip() {
    let pair = DsPair {
        key_tag: 1,
        algorithm: signature().algorithm,
        digest_type: Registered {
            number: 2,
            name: "SHA-256".to_owned(),
        },
        digest: "00ff".to_owned(),
        outcome: DsOutcome::UnusableKey {
            defect: KeyDefect::UnsupportedSize { bits: None },
        },
    };
    let proof = ZoneKeysProof {
        zone: Untrusted::from("example."),
        security: Security::Bogus,
        reasons: vec![ProofReason::NoMatchingDs {
            pairs: vec![pair.clone()],
        }],
        delegation: vec![pair],
        keys: vec![ZoneKeyRecord {
            key_tag: 1,
            flags: 257,
            secure_entry_point: true,
            algorithm: signature().algorithm,
            bits: None,
            defect: Some(KeyDefect::Revoked),
        }],
        signature: Some(signature()),
        weaknesses: vec![Weakness::Nsec3Iterations {
            zone: Untrusted::from("example."),
            iterations: 10,
        }],
    };
    let json = serde_json::to_string(&proof).unwrap();
    assert_eq!(serde_json::from_str::<ZoneKeysProof>(&json).unwrap(), proof);
}
