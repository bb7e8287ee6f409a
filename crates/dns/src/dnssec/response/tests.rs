//! Whole responses: aliases, wildcards, cuts.

mod hostile;
mod rfc4035;

use std::time::{Duration, Instant};

use hickory_proto::dnssec::DigestType;
use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::rr::{RData, Record};
use netwhy_report::dns::proof::{DenialKind, MissingProof};

use super::*;
use crate::dnssec::keys::zone_keys;
use crate::dnssec::signed_zone::{
    SignedZone, Span, a, cname, dname, ds_record, name, now, ns, record, response,
};

fn judged(
    zone: &SignedZone,
    (asked, record_type): (&str, RecordType),
    code: ResponseCode,
    answer: &[Vec<Record>],
    authority: &[Vec<Record>],
) -> Judged {
    let message = response(code, answer.concat(), authority.concat());
    judge(&message, &name(asked), record_type, &zone.keys(), now())
}

fn answered(zone: &SignedZone, asked: &str, answer: &[Vec<Record>]) -> ResponseProof {
    judged(
        zone,
        (asked, RecordType::A),
        ResponseCode::NoError,
        answer,
        &[],
    )
    .proof
}

#[test]
fn each_link_of_a_chain_has_its_verdict() {
    let zone = SignedZone::new("test.");
    let alias = zone.signed(vec![cname("www.test.", "host.test.")]);
    let unsigned = vec![a("host.test.", 1)];
    let proof = answered(&zone, "www.test.", &[alias.clone(), unsigned]);
    assert_eq!(proof.rrsets[0].security, Security::Secure);
    assert!(matches!(
        proof.rrsets[1].reasons[..],
        [ProofReason::NoSignature { .. }]
    ));
    assert_eq!(proof.security, Security::Bogus);
    let target = zone.signed(vec![a("host.test.", 1)]);
    let proof = answered(&zone, "WWW.Test.", &[alias, target]);
    assert_eq!(proof.security, Security::Secure);
}

#[test]
fn names_need_no_trailing_dot() {
    let zone = SignedZone::new("test.");
    let relative = |text: &str| {
        let mut name = name(text);
        name.set_fqdn(false);
        name
    };
    let answer = zone.signed(vec![zone.dnskey_record()]);
    let signers = [zone.ds(DigestType::SHA256)];
    let keys = zone_keys(&relative("test."), &signers, &answer, now()).keys;
    let answer = zone.signed(vec![a("www.test.", 1)]);
    let message = response(ResponseCode::NoError, answer, Vec::new());
    let asked = relative("www.test.");
    let verdict = judge(&message, &asked, RecordType::A, &keys.unwrap(), now());
    assert_eq!(verdict.proof.security, Security::Secure);
}

#[test]
fn an_alias_out_of_the_zone_is_judged_up_to_the_border() {
    let zone = SignedZone::new("test.");
    let alias = zone.signed(vec![cname("www.test.", "host.example.")]);
    let proof = answered(&zone, "www.test.", &[alias, vec![a("host.example.", 1)]]);
    assert_eq!(proof.security, Security::Secure);
    assert_eq!(proof.rrsets[1].security, Security::Indeterminate);
    assert!(matches!(proof.reasons[..], [ProofReason::OutOfZone { .. }]));
    assert!(proof.denial.is_none());
}

#[test]
fn the_end_of_a_chain_must_be_denied_if_it_is_missing() {
    let zone = SignedZone::new("test.");
    let alias = zone.signed(vec![cname("www.test.", "gone.test.")]);
    let asked = ("www.test.", RecordType::A);
    let denial = [
        zone.soa(),
        zone.nsec("test.", "www.test.", &[RecordType::NS, RecordType::SOA]),
    ];
    let verdict = judged(
        &zone,
        asked,
        ResponseCode::NXDomain,
        std::slice::from_ref(&alias),
        &denial,
    );
    assert_eq!(verdict.proof.security, Security::Secure);
    assert_eq!(verdict.proof.denial.unwrap().name.raw(), b"gone.test.");
    // Some servers leave that proof to the question for the target.
    let verdict = judged(&zone, asked, ResponseCode::NXDomain, &[alias], &[]);
    assert_eq!(verdict.proof.security, Security::Indeterminate);
    assert_eq!(
        verdict.proof.denial.unwrap().reasons,
        [ProofReason::NoDenial]
    );
    let direct = ("gone.test.", RecordType::A);
    let verdict = judged(&zone, direct, ResponseCode::NXDomain, &[], &[]);
    assert_eq!(verdict.proof.security, Security::Bogus);
}

#[test]
fn aliases_that_come_back_end() {
    let zone = SignedZone::new("test.");
    let there = zone.signed(vec![cname("a.test.", "b.test.")]);
    let back = zone.signed(vec![cname("b.test.", "a.test.")]);
    let proof = answered(&zone, "a.test.", &[there, back]);
    assert!(matches!(
        proof.reasons[..],
        [ProofReason::AliasesEndless { .. }]
    ));
    assert!(
        proof
            .rrsets
            .iter()
            .all(|rrset| rrset.security == Security::Secure)
    );
}

#[test]
fn a_cname_that_follows_from_a_signed_dname_needs_no_signature() {
    let zone = SignedZone::new("test.");
    let dname = zone.signed(vec![dname("old.test.", "new.test.")]);
    let target = zone.signed(vec![a("www.new.test.", 1)]);
    let made = vec![cname("www.old.test.", "www.new.test.")];
    let proof = answered(
        &zone,
        "www.old.test.",
        &[dname.clone(), made, target.clone()],
    );
    assert_eq!(proof.security, Security::Secure, "{proof:?}");
    for wrong in [
        cname("www.old.test.", "ftp.new.test."),
        cname("old.test.", "new.test."),
    ] {
        let proof = answered(
            &zone,
            "www.old.test.",
            &[dname.clone(), vec![wrong], target.clone()],
        );
        assert_eq!(proof.security, Security::Bogus);
    }
    let unsigned = vec![dname[0].clone()];
    let made = vec![cname("www.old.test.", "www.new.test.")];
    let proof = answered(&zone, "www.old.test.", &[unsigned, made, target]);
    assert_eq!(proof.security, Security::Bogus);
}

#[test]
fn a_wildcard_answer_may_not_hide_a_closer_name() {
    let zone = SignedZone::new("test.");
    let answer = zone.expanded("*.test.", "www.test.", a("x.", 1).data);
    let asked = ("www.test.", RecordType::A);
    let judged = |denial: Vec<Record>| {
        judged(
            &zone,
            asked,
            ResponseCode::NoError,
            std::slice::from_ref(&answer),
            &[denial],
        )
    };
    let gap = judged(zone.nsec("*.test.", "test.", &[RecordType::A]));
    assert_eq!(gap.proof.security, Security::Secure);
    let there = judged(zone.nsec("www.test.", "test.", &[RecordType::A]));
    assert!(matches!(
        there.proof.rrsets[0].reasons[..],
        [ProofReason::DenialContradicted { .. }]
    ));
    let hashed = judged(zone.nsec3(&Span::covering("www.test.")));
    assert_eq!(hashed.proof.security, Security::Secure);
    let opt_out = judged(zone.nsec3(&Span::covering("www.test.").opt_out()));
    assert_eq!(opt_out.proof.security, Security::Insecure);
    let wrong = judged(zone.nsec3(&Span::covering("ftp.test.")));
    assert!(matches!(
        wrong.proof.rrsets[0].reasons[..],
        [ProofReason::DenialIncomplete {
            missing: MissingProof::NoCloserMatch,
            ..
        }]
    ));
}

#[test]
fn a_wildcard_answer_at_the_end_of_aliases_may_leave_its_proof_to_the_question_for_it() {
    let zone = SignedZone::new("test.");
    let alias = zone.signed(vec![cname("old.test.", "www.test.")]);
    let answer = zone.expanded("*.test.", "www.test.", a("x.", 1).data);
    let verdict = |name, answers: &[Vec<Record>]| {
        let asked = (name, RecordType::A);
        let judged = judged(&zone, asked, ResponseCode::NoError, answers, &[]);
        judged.proof.security
    };
    let open = verdict("old.test.", &[alias, answer.clone()]);
    assert_eq!(open, Security::Indeterminate);
    assert_eq!(verdict("www.test.", &[answer]), Security::Bogus);
}

#[test]
fn an_nsec_record_expanded_from_a_wildcard_denies_nothing() {
    let zone = SignedZone::new("test.");
    let RData::DNSSEC(DNSSECRData::NSEC(nsec)) = zone.nsec("x.test.", "test.", &[RecordType::TXT])
        [0]
    .data
    .clone() else {
        panic!("an NSEC record");
    };
    let data = RData::DNSSEC(DNSSECRData::NSEC(nsec));
    let made = zone.expanded("*.test.", "www.test.", data);
    let asked = ("www.test.", RecordType::A);
    let verdict = judged(
        &zone,
        asked,
        ResponseCode::NoError,
        &[],
        &[zone.soa(), made],
    );
    assert_eq!(
        verdict.proof.denial.unwrap().reasons,
        [ProofReason::NoDenial]
    );
}

#[test]
fn a_referral_needs_ds_or_the_proof_of_its_absence() {
    let zone = SignedZone::new("test.");
    let child = SignedZone::new("sub.test.");
    let asked = ("www.sub.test.", RecordType::A);
    let cut = vec![ns("sub.test.", "ns.sub.test.")];
    let judged = |proof: Vec<Record>| {
        judged(
            &zone,
            asked,
            ResponseCode::NoError,
            &[],
            &[cut.clone(), proof],
        )
    };
    let ds = child.ds(DigestType::SHA256);
    let signed = judged(zone.signed(vec![ds_record("sub.test.", ds.clone())]));
    assert_eq!(signed.proof.security, Security::Secure);
    assert_eq!(signed.signers, std::slice::from_ref(&ds));
    let forged = judged(child.signed(vec![ds_record("sub.test.", ds.clone())]));
    assert!(forged.signers.is_empty());
    assert_ne!(forged.proof.security, Security::Secure);
    let unsigned = judged(vec![ds_record("sub.test.", ds)]);
    assert!(unsigned.signers.is_empty());
    assert_eq!(unsigned.proof.security, Security::Bogus);
    let absent = judged(zone.nsec("sub.test.", "test.", &[RecordType::NS]));
    assert_eq!(absent.proof.security, Security::Insecure);
    let withheld = judged(zone.nsec("sub.test.", "test.", &[RecordType::NS, RecordType::DS]));
    assert_eq!(withheld.proof.security, Security::Bogus);
    let nothing = judged(Vec::new());
    assert_eq!(
        nothing.proof.delegation.unwrap().reasons,
        [ProofReason::NoDenial]
    );
    // The span of a record at the cut denies nothing below it.
    let below = judged(zone.nsec("www.test.", "test.", &[RecordType::A]));
    assert!(matches!(
        below.proof.delegation.unwrap().reasons[..],
        [ProofReason::DenialIncomplete {
            missing: MissingProof::NoDs,
            ..
        }]
    ));
}

#[test]
fn a_ds_question_tells_of_the_cut() {
    let zone = SignedZone::new("test.");
    let child = SignedZone::new("sub.test.");
    let asked = ("sub.test.", RecordType::DS);
    let ds = child.ds(DigestType::SHA256);
    let answer = zone.signed(vec![ds_record("sub.test.", ds.clone())]);
    let verdict = judged(&zone, asked, ResponseCode::NoError, &[answer], &[]);
    assert_eq!(verdict.signers, [ds]);
    assert_eq!(verdict.proof.delegation.unwrap().security, Security::Secure);
    let denied = |types: &[RecordType]| {
        let authority = [zone.soa(), zone.nsec("sub.test.", "test.", types)];
        judged(&zone, asked, ResponseCode::NoError, &[], &authority).proof
    };
    let cut = denied(&[RecordType::NS]);
    assert_eq!(
        cut.denial.unwrap().kind,
        Some(DenialKind::UnsignedDelegation)
    );
    assert_eq!(cut.delegation.unwrap().security, Security::Insecure);
    let host = denied(&[RecordType::A]);
    assert_eq!(host.security, Security::Secure);
    assert!(host.delegation.is_none());
}

#[test]
fn a_signed_cut_that_was_passed_over_is_named() {
    let zone = SignedZone::new("test.");
    let child = SignedZone::new("sub.test.");
    let answer = child.signed(vec![a("www.sub.test.", 1)]);
    let proof = answered(&zone, "www.sub.test.", &[answer]);
    assert_eq!(proof.security, Security::Indeterminate);
    match &proof.rrsets[0].reasons[..] {
        [ProofReason::SignedBelow { signature }] => {
            assert_eq!(signature.signer.raw(), b"sub.test.");
        }
        other => panic!("{other:?}"),
    }
    let denial = [child.soa(), child.nsec("a.sub.test.", "sub.test.", &[])];
    let asked = ("www.sub.test.", RecordType::A);
    let verdict = judged(&zone, asked, ResponseCode::NXDomain, &[], &denial);
    assert_eq!(verdict.proof.security, Security::Indeterminate);
}

#[test]
fn an_unsigned_cut_that_was_passed_over_is_named_where_it_shows() {
    let zone = SignedZone::new("test.");
    let asked = ("www.sub.test.", RecordType::A);
    let answer = vec![a("www.sub.test.", 1)];
    let judged = |code, answer: &[Vec<Record>], authority: Vec<Record>| {
        judged(&zone, asked, code, answer, &[authority]).proof
    };
    let cut = ProofReason::CutPassedOver {
        child: shown(&name("sub.test.")),
    };
    let apex = vec![ns("sub.test.", "ns.test.")];
    let shows = judged(ResponseCode::NoError, std::slice::from_ref(&answer), apex);
    assert_eq!(shows.security, Security::Indeterminate);
    assert_eq!(shows.rrsets[0].reasons[0], cut);
    let other = vec![ns("other.test.", "ns.test.")];
    let hides = judged(ResponseCode::NoError, &[answer], other);
    assert_eq!(hides.security, Security::Bogus);
    let soa = vec![SignedZone::new("sub.test.").soa().remove(0)];
    let denied = judged(ResponseCode::NXDomain, &[], soa);
    assert_eq!(denied.security, Security::Indeterminate);
    assert_eq!(denied.denial.unwrap().reasons, [cut, ProofReason::NoDenial]);
    // This zone's own SOA leaves nothing open.
    let own = judged(ResponseCode::NXDomain, &[], zone.soa());
    assert_eq!(own.security, Security::Bogus);
}

#[test]
fn an_empty_non_terminal_answered_with_nxdomain_is_contradicted() {
    let zone = SignedZone::new("test.");
    let authority = [
        zone.soa(),
        zone.nsec("a.test.", "x.b.test.", &[RecordType::A]),
    ];
    let asked = ("b.test.", RecordType::A);
    let wrong = judged(&zone, asked, ResponseCode::NXDomain, &[], &authority);
    assert!(matches!(
        wrong.proof.denial.unwrap().reasons[..],
        [ProofReason::DenialContradicted {
            record_type: None,
            ..
        }]
    ));
    let right = judged(&zone, asked, ResponseCode::NoError, &[], &authority);
    assert_eq!(right.proof.security, Security::Secure);
}

#[test]
fn a_denial_with_an_unsigned_soa_is_bogus() {
    let zone = SignedZone::new("test.");
    let soa = vec![zone.soa().remove(0)];
    let nsec = zone.nsec("www.test.", "test.", &[RecordType::TXT]);
    let asked = ("www.test.", RecordType::A);
    let verdict = judged(&zone, asked, ResponseCode::NoError, &[], &[soa, nsec]);
    assert_eq!(verdict.proof.denial.unwrap().security, Security::Secure);
    assert_eq!(verdict.proof.security, Security::Bogus);
}

#[test]
fn iterations_are_noted_and_too_many_make_a_denial_insecure() {
    let zone = SignedZone::new("test.");
    let asked = ("www.test.", RecordType::TXT);
    for (iterations, security) in [
        (0, Security::Secure),
        (1, Security::Secure),
        (2500, Security::Insecure),
    ] {
        let span = Span::matching("www.test.", &[RecordType::A]).iterations(iterations);
        let authority = [zone.soa(), zone.nsec3(&span)];
        let begin = Instant::now();
        let proof = judged(&zone, asked, ResponseCode::NoError, &[], &authority).proof;
        assert!(begin.elapsed() < Duration::from_secs(1));
        assert_eq!(proof.security, security, "{iterations}");
        let noted = proof.weaknesses.iter().any(|weakness| {
            matches!(weakness, Weakness::Nsec3Iterations { iterations: seen, .. } if *seen == iterations)
        });
        assert_eq!(noted, iterations > 0);
    }
    // Unsigned, the same records prove nothing: insecurity must not be forgeable.
    let span = Span::matching("www.test.", &[RecordType::A]).iterations(2500);
    let authority = [zone.soa(), vec![span.record(&zone.name)]];
    let proof = judged(&zone, asked, ResponseCode::NoError, &[], &authority).proof;
    assert_eq!(proof.security, Security::Bogus);
}

#[test]
fn other_response_codes_answer_nothing() {
    let zone = SignedZone::new("test.");
    let asked = ("www.test.", RecordType::A);
    let verdict = judged(&zone, asked, ResponseCode::ServFail, &[], &[]);
    assert_eq!(verdict.proof.security, Security::Indeterminate);
    assert_eq!(verdict.proof.reasons, [ProofReason::NoAnswer { rcode: 2 }]);
}
