//! NSEC3: the zone of [RFC 5155 appendix A](https://www.rfc-editor.org/rfc/rfc5155#appendix-A) and the responses of its
//! appendix B, opt-out, and work that is refused.

use hickory_proto::dnssec::Nsec3HashAlgorithm;
use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::rr::{RData, Record};
use netwhy_report::dns::proof::{DenialProof, Section, Security};

use super::*;
use crate::dnssec::denial::{Claim, Evidence};
use crate::dnssec::rrset::group;
use crate::dnssec::signed_zone::{Span, name, record};

const SALT: [u8; 4] = [0xaa, 0xbb, 0xcc, 0xdd];

/// The chain of the example zone in hash order; opt-out throughout, 12 iterations.
const CHAIN: [(&str, &[RecordType]); 12] = {
    use RecordType as T;
    [
        (
            "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
            &[T::NS, T::SOA, T::MX, T::RRSIG, T::DNSKEY, T::NSEC3PARAM],
        ),
        ("2t7b4g4vsa5smi47k61mv5bv1a22bojr", &[T::A, T::RRSIG]),
        ("2vptu5timamqttgl4luu9kg21e0aor3s", &[T::MX, T::RRSIG]),
        (
            "35mthgpgcu1qg68fab165klnsnk3dpvl",
            &[T::NS, T::DS, T::RRSIG],
        ),
        ("b4um86eghhds6nea196smvmlo4ors995", &[T::MX, T::RRSIG]),
        (
            "gjeqe526plbf1g8mklp59enfd789njgi",
            &[T::A, T::HINFO, T::AAAA, T::RRSIG],
        ),
        ("ji6neoaepv8b5o6k4ev33abha8ht9fgc", &[]),
        ("k8udemvp1j2f7eg6jebps17vp3n8i58h", &[]),
        ("kohar7mbb8dc2ce8a9qvl8hon4k53uhi", &[T::A, T::RRSIG]),
        ("q04jkcevqvmu85r014c7dkba38o0ji5r", &[T::A, T::RRSIG]),
        ("r53bq7cc2uvmubfu5ocmm6pers9tk9en", &[T::MX, T::RRSIG]),
        (
            "t644ebqk9bibcna874givr6joj62mlhv",
            &[T::A, T::HINFO, T::AAAA, T::RRSIG],
        ),
    ]
};

/// Records of the chain, by the first letters of their owners.
fn records(owners: &[&str]) -> Vec<Record> {
    let chain = CHAIN.iter().zip(CHAIN.iter().cycle().skip(1));
    chain
        .filter(|((owner, _), _)| owners.iter().any(|wanted| owner.starts_with(wanted)))
        .map(|((owner, types), (next, _))| {
            let next = BASE32_DNSSEC.decode(next.as_bytes()).unwrap();
            let types = types.iter().copied();
            let nsec3 = NSEC3::new(
                Nsec3HashAlgorithm::SHA1,
                true,
                12,
                SALT.to_vec(),
                next,
                types,
            );
            record(
                &format!("{owner}.example."),
                RData::DNSSEC(DNSSECRData::NSEC3(nsec3)),
            )
        })
        .collect()
}

fn judged(zone: &str, records: &[Record], claim: Claim<'_>) -> DenialProof {
    let zone = name(zone);
    let sets = group(Section::Authority, records);
    let verified: Vec<_> = sets.iter().collect();
    Evidence::new(&zone, &verified, Vec::new()).judge(claim, RecordType::A)
}

fn example(owners: &[&str], claim: Claim<'_>) -> DenialProof {
    judged("example.", &records(owners), claim)
}

fn missing_part(proof: &DenialProof) -> MissingProof {
    match &proof.reasons[..] {
        [ProofReason::DenialIncomplete { missing, .. }] => *missing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_hashes_of_appendix_a_come_out() {
    let hashes = [
        ("example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
        ("a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
        ("ns1.example.", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"),
        ("*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"),
        ("X.y.W.example.", "2vptu5timamqttgl4luu9kg21e0aor3s"),
    ];
    let records = records(&["0p9"]);
    let sets = group(Section::Authority, &records);
    let RData::DNSSEC(DNSSECRData::NSEC3(nsec3)) = &sets[0].records[0].data else {
        panic!("{:?}", sets[0].records);
    };
    let zone = name("example.");
    let nsec3s = Nsec3s::new(&zone, [(sets[0].name, nsec3)]);
    for (owner, hash) in hashes {
        let computed = nsec3s.hash(&name(owner)).unwrap();
        assert_eq!(BASE32_DNSSEC.encode(&computed), hash, "{owner}");
    }
}

/// Appendix B.1; its next closer name lies in an opt-out span, so an unsigned delegation may stand there.
#[test]
fn name_error() {
    let asked = name("a.c.x.w.example.");
    let claim = Claim::NameError(&asked);
    let proof = example(&["0p9", "b4u", "35m"], claim);
    assert_eq!(proof.kind, Some(DenialKind::NameError));
    assert_eq!(
        proof.closest_encloser.as_ref().unwrap().raw(),
        b"x.w.example."
    );
    assert_eq!(proof.security, Security::Insecure);
    assert!(matches!(proof.reasons[..], [ProofReason::OptOut { .. }]));
    assert_eq!(
        missing_part(&example(&["0p9", "b4u"], claim)),
        MissingProof::Wildcard
    );
    assert_eq!(
        missing_part(&example(&["b4u", "35m"], claim)),
        MissingProof::NextCloser
    );
    // Without x.w.example. the apex is taken for the closest encloser, and nothing covers w.example.
    assert_eq!(
        missing_part(&example(&["0p9", "35m"], claim)),
        MissingProof::NextCloser
    );
    assert_eq!(
        missing_part(&example(&["2t7"], claim)),
        MissingProof::ClosestEncloser
    );
}

/// Appendix B.2 and B.2.1.
#[test]
fn no_data_also_at_an_empty_non_terminal() {
    let ns1 = name("ns1.example.");
    let proof = example(&["2t7"], Claim::NoData(&ns1, RecordType::MX));
    assert_eq!(
        (proof.security, proof.kind),
        (Security::Secure, Some(DenialKind::NoData))
    );
    let ent = name("y.w.example.");
    let proof = example(&["ji6"], Claim::NoData(&ent, RecordType::A));
    assert_eq!(
        (proof.security, proof.kind),
        (Security::Secure, Some(DenialKind::NoData))
    );
    // The type is there; the name is not the one denied.
    let proof = example(&["2t7"], Claim::NoData(&ns1, RecordType::A));
    assert!(matches!(
        &proof.reasons[..],
        [ProofReason::DenialContradicted { record_type: Some(present), .. }] if present == "A"
    ));
    let proof = example(&["q04"], Claim::NoData(&ns1, RecordType::MX));
    assert_eq!(missing_part(&proof), MissingProof::ClosestEncloser);
    let proof = example(&["ji6"], Claim::NameError(&ent));
    assert!(matches!(
        proof.reasons[..],
        [ProofReason::DenialContradicted {
            record_type: None,
            ..
        }]
    ));
}

/// Appendix B.3.
#[test]
fn a_delegation_in_an_opt_out_span_is_insecure() {
    let child = name("c.example.");
    let proof = example(&["35m", "0p9"], Claim::UnsignedCut(&child));
    assert_eq!(proof.kind, Some(DenialKind::OptOut));
    assert_eq!(proof.security, Security::Insecure);
    assert_eq!(
        missing_part(&example(&["35m"], Claim::UnsignedCut(&child))),
        MissingProof::ClosestEncloser
    );
    assert_eq!(
        missing_part(&example(&["0p9"], Claim::UnsignedCut(&child))),
        MissingProof::NextCloser
    );
    // A signed delegation is not to be passed off as unsigned.
    let signed = name("a.example.");
    let proof = example(&["35m", "0p9"], Claim::UnsignedCut(&signed));
    assert_eq!(proof.security, Security::Bogus);
    assert!(matches!(
        proof.reasons[..],
        [ProofReason::DenialContradicted { .. }]
    ));
}

/// Appendix B.4.
#[test]
fn a_wildcard_answer_needs_the_next_closer_name_covered() {
    let (asked, encloser) = (name("a.z.w.example."), name("w.example."));
    let claim = Claim::NoCloserMatch(&asked, &encloser);
    assert!(example(&["q04"], claim).kind.is_some());
    assert_eq!(
        missing_part(&example(&["k8u"], claim)),
        MissingProof::NoCloserMatch
    );
    // x.w.example. exists: the wildcard does not reach below it.
    let below = name("a.x.w.example.");
    let proof = example(&["b4u"], Claim::NoCloserMatch(&below, &encloser));
    assert!(matches!(
        proof.reasons[..],
        [ProofReason::DenialContradicted { .. }]
    ));
}

/// Appendix B.5.
#[test]
fn wildcard_no_data() {
    let asked = name("a.z.w.example.");
    let claim = Claim::NoData(&asked, RecordType::AAAA);
    let proof = example(&["k8u", "q04", "r53"], claim);
    assert_eq!(proof.kind, Some(DenialKind::WildcardNoData));
    let proof = example(
        &["k8u", "q04", "r53"],
        Claim::NoData(&asked, RecordType::MX),
    );
    assert!(matches!(
        proof.reasons[..],
        [ProofReason::DenialContradicted { .. }]
    ));
    // Without the wildcard's record the opt-out span is what is left.
    let proof = example(&["k8u", "q04"], claim);
    assert_eq!(proof.kind, Some(DenialKind::OptOut));
}

/// Appendix B.6: the child's answer says nothing about the delegation.
#[test]
fn ds_denied_by_the_child_proves_nothing() {
    let apex = name("example.");
    let proof = example(&["0p9"], Claim::NoData(&apex, RecordType::DS));
    assert_eq!(missing_part(&proof), MissingProof::NoDs);
}

/// RFC 5155 §8.9 and §8.3: the delegation's own record, and what it may not deny.
#[test]
fn a_delegations_record_denies_ds_and_nothing_else() {
    let cut = Span::matching("cut.test.", &[RecordType::NS]);
    let zone = name("test.");
    let records = [
        cut.record(&zone),
        Span::covering("www.cut.test.").record(&zone),
        Span::covering("*.cut.test.").record(&zone),
    ];
    let (child, below) = (name("cut.test."), name("www.cut.test."));
    let proof = judged("test.", &records, Claim::UnsignedCut(&child));
    assert_eq!(proof.kind, Some(DenialKind::UnsignedDelegation));
    assert_eq!(proof.security, Security::Insecure);
    let proof = judged("test.", &records, Claim::NoData(&child, RecordType::A));
    assert_eq!(missing_part(&proof), MissingProof::NoData);
    let proof = judged("test.", &records, Claim::NameError(&below));
    assert_eq!(missing_part(&proof), MissingProof::ClosestEncloser);
    // Where the record is not a cut's, the same three prove it.
    let plain = Span::matching("cut.test.", &[RecordType::A]);
    let mut records = records;
    records[0] = plain.record(&zone);
    let proof = judged("test.", &records, Claim::NameError(&below));
    assert_eq!(
        (proof.security, proof.kind),
        (Security::Secure, Some(DenialKind::NameError))
    );
}

#[test]
fn a_span_without_opt_out_hides_no_delegation() {
    let zone = name("test.");
    let child = name("cut.test.");
    let apex = Span::matching("test.", &[RecordType::NS, RecordType::SOA]);
    let gap = Span::covering("cut.test.");
    let judge = |gap: Span<'_>| {
        let records = [apex.record(&zone), gap.record(&zone)];
        judged("test.", &records, Claim::UnsignedCut(&child))
    };
    assert_eq!(missing_part(&judge(gap)), MissingProof::NoDs);
    assert_eq!(judge(gap.opt_out()).kind, Some(DenialKind::OptOut));
}

#[test]
fn above_fifty_iterations_a_zone_counts_as_unsigned_and_nothing_is_hashed() {
    let zone = name("test.");
    let asked = name("www.test.");
    for (iterations, security) in [
        (50, Security::Secure),
        (51, Security::Insecure),
        (2500, Security::Insecure),
    ] {
        let span = Span::matching("www.test.", &[RecordType::A]).iterations(iterations);
        let records = [span.record(&zone)];
        let proof = judged("test.", &records, Claim::NoData(&asked, RecordType::MX));
        assert_eq!(proof.security, security, "{iterations}");
        if security == Security::Insecure {
            assert!(matches!(
                proof.reasons[..],
                [ProofReason::Nsec3IterationsTooHigh { limit: 50, .. }]
            ));
        }
    }
}

#[test]
fn records_of_other_parameters_or_places_are_left_out() {
    let zone = name("test.");
    let first = Span::matching("a.test.", &[RecordType::A]).record(&zone);
    let other = Span::matching("b.test.", &[RecordType::A])
        .iterations(1)
        .record(&zone);
    let elsewhere = Span::matching("b.test.", &[RecordType::A]).record(&name("sub.test."));
    let asked = name("b.test.");
    let claim = Claim::NoData(&asked, RecordType::MX);
    for record in [other, elsewhere] {
        let proof = judged("test.", &[first.clone(), record], claim);
        assert_eq!(missing_part(&proof), MissingProof::ClosestEncloser);
    }
}

#[test]
fn the_names_hashed_for_a_message_are_bounded() {
    let zone = name("test.");
    let long = name(&format!("{}test.", "a.".repeat(120)));
    let record = Span::covering("x.test.").iterations(50).record(&zone);
    let sets = group(Section::Authority, std::slice::from_ref(&record));
    let RData::DNSSEC(DNSSECRData::NSEC3(nsec3)) = &record.data else {
        panic!("{record:?}");
    };
    let nsec3s = Nsec3s::new(&zone, [(sets[0].name, nsec3)]);
    for _ in 0..100 {
        assert!(nsec3s.name_error(&long).is_err());
    }
    assert_eq!(nsec3s.hashes_left.get(), 0);
    assert!(nsec3s.hash(&zone).is_none());
}
