//! The zone and responses of [RFC 4035 appendices A and B](https://www.rfc-editor.org/rfc/rfc4035#appendix-A), signed with
//! RSA/SHA-1 in 2004.

use data_encoding::{BASE64, HEXUPPER};
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, NSEC};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKeyBuf};
use hickory_proto::rr::rdata::{A, MX, NS, SOA};
use hickory_proto::rr::{RData, Record};
use netwhy_report::dns::proof::{DenialKind, MissingProof};

use super::super::*;
use crate::dnssec::algorithm::key_defect;
use crate::dnssec::keys::Key;
use crate::dnssec::signed_zone::{name, record, response, rrsig_record};

const INCEPTION: u32 = 1_081_535_779;
const EXPIRATION: u32 = 1_084_127_779;

fn at(second: u32) -> Timestamp {
    Timestamp::from_second(i64::from(second)).unwrap()
}

fn keys() -> ZoneKeys {
    let material = "AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJFHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ==";
    let material = BASE64.decode(material.as_bytes()).unwrap();
    let dnskey = DNSKEY::with_flags(256, PublicKeyBuf::new(material, Algorithm::from_u8(5)));
    let tag = dnskey.calculate_key_tag().unwrap();
    assert_eq!(tag, 38519);
    ZoneKeys {
        zone: name("example."),
        keys: vec![Key {
            tag,
            defect: key_defect(&dnskey),
            dnskey,
        }],
    }
}

fn signed(mut records: Vec<Record>, labels: u8, signature: &str) -> Vec<Record> {
    for record in &mut records {
        record.ttl = 3600;
    }
    let input = SigInput {
        type_covered: records[0].record_type(),
        algorithm: Algorithm::from_u8(5),
        num_labels: labels,
        original_ttl: 3600,
        sig_expiration: EXPIRATION.into(),
        sig_inception: INCEPTION.into(),
        key_tag: 38519,
        signer_name: name("example."),
    };
    let bytes = BASE64.decode(signature.as_bytes()).unwrap();
    records.push(rrsig_record(records[0].name.clone(), 3600, input, bytes));
    records
}

fn nsec(owner: &str, next: &str, types: &[RecordType], labels: u8, signature: &str) -> Vec<Record> {
    let types = types.iter().copied();
    let types = types.chain([RecordType::RRSIG, RecordType::NSEC]);
    let nsec = NSEC::new(name(next), types);
    signed(
        vec![record(owner, RData::DNSSEC(DNSSECRData::NSEC(nsec)))],
        labels,
        signature,
    )
}

fn apex_ns() -> Vec<Record> {
    let ns = |target| record("example.", RData::NS(NS(name(target))));
    signed(
        vec![ns("ns1.example."), ns("ns2.example.")],
        1,
        "gl13F00f2U0R+SWiXXLHwsMY+qStYy5k6zfdEuivWc+wd1fmbNCyql0Tk7lHTX6UOxc8AgNf4ISFve8XqF4q+o9qlnqIzmppU3LiNeKT4FZ8RO5urFOvoMRTbQxW3U0hXWuggE4g3ZpsHv480HjMeRaZB/FRPGfJPajngcq6Kwg=",
    )
}

fn soa() -> Vec<Record> {
    let soa = SOA::new(
        name("ns1.example."),
        name("bugs.x.w.example."),
        1_081_539_377,
        3600,
        300,
        3_600_000,
        3600,
    );
    signed(
        vec![record("example.", RData::SOA(soa))],
        1,
        "ONx0k36rcjaxYtcNgq6iQnpNV5+drqYAsC9h7TSJaHCqbhE67Sr6aH2xDUGcqQWu/n0UVzrFvkgO9ebarZ0GWDKcuwlM6eNB5SiX2K74l5LWDA7S/Un/IbtDq4Ay8NMNLQI7Dw7n4p8/rjkBjV7j86HyQgM5e7+miRAz8V01b0I=",
    )
}

fn apex_nsec() -> Vec<Record> {
    use RecordType as T;
    nsec(
        "example.",
        "a.example.",
        &[T::NS, T::SOA, T::MX, T::DNSKEY],
        1,
        "O0k558jHhyrC97ISHnislm4kLMW48C7U7cBmFTfhke5iVqNRVTB1STLMpgpbDIC9hcryoO0VZ9ME5xPzUEhbvGnHd5sfzgFVeGxr5Nyyq4tWSDBgIBiLQUv1ivy29vhXy7WgR62dPrZ0PWvmjfFJ5arXf4nPxp/kEowGgBRzY/U=",
    )
}

fn b_nsec() -> Vec<Record> {
    nsec(
        "b.example.",
        "ns1.example.",
        &[RecordType::NS],
        2,
        "GNuxHn844wfmUhPzGWKJCPY5ttEX/RfjDoOx9ueK1PtYkOWKOOdiJ/PJKCYB3hYX+858dDWSxb2qnV/LSTCNVBnkm6owOpysY97MVj5VQEWs0lm9tFoqjcptQkmQKYPrwUnCSNwvvclSF1xZvhRXgWT7OuFXldoCG6TfVFMs9xE=",
    )
}

fn xyw_nsec() -> Vec<Record> {
    nsec(
        "x.y.w.example.",
        "xx.example.",
        &[RecordType::MX],
        4,
        "OvE6WUzN2ziieJcvKPWbCAyXyP6ef8cr6CspArVSTzKSquNwbezZmkU7E34o5lmb6CWSSSpgxw098kNUFnHcQf/LzY2zqRomubrNQhJTiDTXa0ArunJQCzPjOYq5t0SLjm6qp6McJI1AP5VrQoKqJDCLnoAlcPOPKAm/jJkn3jk=",
    )
}

fn star_w_nsec() -> Vec<Record> {
    nsec(
        "*.w.example.",
        "x.w.example.",
        &[RecordType::MX],
        2,
        "r/mZnRC3I/VIcrelgIcteSxDhtsdlTDt8ng9HSBlABOlzLxQtfgTnn8f+aOwJIAFe1Ee5RvU5cVhQJNP5XpXMJHfyps8tVvfxSAXfahpYqtx91gsmcV/1V9/bZAG55CefP9cM4Z9Y9NT9XQ8s1InQ2UoIv6tJEaaKkP701j8OLA=",
    )
}

fn judged(
    code: ResponseCode,
    (asked, record_type): (&str, RecordType),
    answer: &[Vec<Record>],
    authority: &[Vec<Record>],
) -> Judged {
    let message = response(code, answer.concat(), authority.concat());
    let verdict = judge(&message, &name(asked), record_type, &keys(), at(EXPIRATION));
    // RSA/SHA-1 is verified, and noted.
    assert!(matches!(
        verdict.proof.weaknesses[..],
        [Weakness::Sha1Signature { .. }]
    ));
    verdict
}

#[test]
fn b1_answer() {
    let mx = signed(
        vec![record(
            "x.w.example.",
            RData::MX(MX::new(1, name("xx.example."))),
        )],
        3,
        "Il2WTZ+Bkv+OytBx4LItNW5mjB4RCwhOO8y1XzPHZmZUTVYL7LaA63f6T9ysVBzJRI3KRjAPH3U1qaYnDoN1DrWqmi9RJe4FoObkbcdm7P3Ikx70ePCoFgRz1Yq+bVVXCvGuAU4xALv3W/Y1jNSlwZ2mSWKHfxFQxPtLj8s32+k=",
    );
    let asked = ("x.w.example.", RecordType::MX);
    let verdict = judged(ResponseCode::NoError, asked, &[mx], &[apex_ns()]);
    assert_eq!(verdict.proof.security, Security::Secure);
    assert_eq!(verdict.proof.rrsets.len(), 1);
    let rrset = &verdict.proof.rrsets[0];
    assert_eq!((rrset.wildcard.as_ref(), rrset.ttl), (None, Some(0)));
}

#[test]
fn b1_addresses_and_name_servers() {
    let address = signed(
        vec![record("xx.example.", RData::A(A::new(192, 0, 2, 10)))],
        2,
        "kBF4YxMGWF0D8r0cztL+2fWWOvN1U/GYSpYP7SoKoNQ4fZKyk+weWGlKLIUM+uE1zjVTPXoa0Z6WG0oZp46rkl1EzMcdMgoaeUzzAJ2BMq+YVdxG9IK1yZkYGY9AgbTOGPoAgbJyO9EPULsxkbIDV6GPPSZVusnZU6OMgdgzHV4=",
    );
    let asked = ("xx.example.", RecordType::A);
    let verdict = judged(ResponseCode::NoError, asked, &[address], &[]);
    assert_eq!(verdict.proof.security, Security::Secure);
    let asked = ("example.", RecordType::NS);
    let verdict = judged(ResponseCode::NoError, asked, &[apex_ns()], &[]);
    assert_eq!(verdict.proof.security, Security::Secure);
}

#[test]
fn b2_name_error() {
    let asked = ("ml.example.", RecordType::A);
    let authority = [soa(), b_nsec(), apex_nsec()];
    let verdict = judged(ResponseCode::NXDomain, asked, &[], &authority);
    let denial = verdict.proof.denial.unwrap();
    assert_eq!(denial.kind, Some(DenialKind::NameError));
    assert_eq!(verdict.proof.security, Security::Secure);
    let verdict = judged(ResponseCode::NXDomain, asked, &[], &authority[..2]);
    assert_eq!(verdict.proof.security, Security::Bogus);
    assert!(matches!(
        verdict.proof.denial.unwrap().reasons[..],
        [ProofReason::DenialIncomplete {
            missing: MissingProof::Wildcard,
            ..
        }]
    ));
}

#[test]
fn b3_no_data() {
    let ns1 = nsec(
        "ns1.example.",
        "ns2.example.",
        &[RecordType::A],
        2,
        "I4hj+Kt6+8rCcHcUdolks2S+Wzri9h3fHas81rGN/eILdJHN7JpV6lLGPIh/8fIBkfvdyWnBjjf1q3O7JgYO1UdI7FvBNWqaaEPJK3UkddBqZIaLi8Qr2XHkjq38BeQsbp8X0+6h4ETWSGT8IZaIGBLryQWGLw6Y6X8dqhlnxJM=",
    );
    let asked = ("ns1.example.", RecordType::MX);
    let verdict = judged(ResponseCode::NoError, asked, &[], &[soa(), ns1]);
    assert_eq!(verdict.proof.security, Security::Secure);
    assert_eq!(verdict.proof.denial.unwrap().kind, Some(DenialKind::NoData));
}

#[test]
fn b4_referral_to_a_signed_zone() {
    let digest = HEXUPPER
        .decode(b"B6DCD485719ADCA18E5F3D48A2331627FDD3636B")
        .unwrap();
    let ds = DS::new(57855, Algorithm::from_u8(5), DigestType::SHA1, digest);
    let signers = signed(
        vec![record(
            "a.example.",
            RData::DNSSEC(DNSSECRData::DS(ds.clone())),
        )],
        2,
        "oXIKit/QtdG64J/CB+Gi8dOvnwRvqrto1AdQoRkAN15FP3iZ7suB7gvTBmXzCjL7XUgQVcoHkdhyCuzp8W9qJHgRUSwKKkczSyuL64nhgjuDEML8l9wlWVsl7PR2VnZduM9bLyBhaaPmRKX/Fm+v6ccF2EGNLRiY08kdkz+XHHo=",
    );
    let ns = vec![record("a.example.", RData::NS(NS(name("ns1.a.example."))))];
    let asked = ("mc.a.example.", RecordType::MX);
    let verdict = judged(ResponseCode::NoError, asked, &[], &[ns, signers]);
    assert_eq!(verdict.proof.security, Security::Secure);
    assert_eq!(verdict.proof.delegation.unwrap().child.raw(), b"a.example.");
    assert_eq!(verdict.signers, [ds]);
}

#[test]
fn b5_referral_to_an_unsigned_zone() {
    let ns = vec![record("b.example.", RData::NS(NS(name("ns1.b.example."))))];
    let asked = ("mc.b.example.", RecordType::MX);
    let verdict = judged(ResponseCode::NoError, asked, &[], &[ns, b_nsec()]);
    assert_eq!(verdict.proof.security, Security::Insecure);
    assert!(verdict.signers.is_empty());
    assert!(matches!(
        verdict.proof.delegation.unwrap().reasons[..],
        [ProofReason::UnsignedDelegation { .. }]
    ));
}

#[test]
fn b6_wildcard_expansion() {
    let mx = signed(
        vec![record(
            "a.z.w.example.",
            RData::MX(MX::new(1, name("ai.example."))),
        )],
        2,
        "OMK8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36SR5xBni8vHI=",
    );
    let asked = ("a.z.w.example.", RecordType::MX);
    let authority = [apex_ns(), xyw_nsec()];
    let verdict = judged(
        ResponseCode::NoError,
        asked,
        std::slice::from_ref(&mx),
        &authority,
    );
    assert_eq!(verdict.proof.security, Security::Secure);
    let wildcard = verdict.proof.rrsets[0].wildcard.as_ref().unwrap();
    assert_eq!(wildcard.raw(), b"*.w.example.");
    // The same answer without the proof that no closer name exists.
    let verdict = judged(ResponseCode::NoError, asked, &[mx], &[apex_ns()]);
    assert_eq!(verdict.proof.security, Security::Bogus);
    assert_eq!(verdict.proof.rrsets[0].reasons, [ProofReason::NoDenial]);
}

#[test]
fn b7_wildcard_no_data() {
    let asked = ("a.z.w.example.", RecordType::AAAA);
    let authority = [soa(), xyw_nsec(), star_w_nsec()];
    let verdict = judged(ResponseCode::NoError, asked, &[], &authority);
    assert_eq!(verdict.proof.security, Security::Secure);
    let denial = verdict.proof.denial.unwrap();
    assert_eq!(denial.kind, Some(DenialKind::WildcardNoData));
}

/// The child answers for its own apex; only the parent can.
#[test]
fn b8_ds_asked_of_the_child() {
    let asked = ("example.", RecordType::DS);
    let verdict = judged(ResponseCode::NoError, asked, &[], &[soa(), apex_nsec()]);
    assert_eq!(verdict.proof.security, Security::Bogus);
    assert!(matches!(
        verdict.proof.denial.unwrap().reasons[..],
        [ProofReason::DenialIncomplete {
            missing: MissingProof::NoDs,
            ..
        }]
    ));
}

#[test]
fn a_second_later_everything_has_expired() {
    let asked = ("ml.example.", RecordType::A);
    let authority = [soa(), b_nsec(), apex_nsec()].concat();
    let message = response(ResponseCode::NXDomain, Vec::new(), authority);
    let verdict = judge(
        &message,
        &name(asked.0),
        asked.1,
        &keys(),
        at(EXPIRATION + 1),
    );
    assert_eq!(verdict.proof.security, Security::Bogus);
    // The denial names the fault that took its records away, before the lack of them.
    let denial = verdict.proof.denial.unwrap();
    assert!(matches!(
        denial.reasons[..],
        [
            ProofReason::SignatureExpired { .. },
            ProofReason::SignatureExpired { .. },
            ProofReason::NoDenial
        ]
    ));
}
