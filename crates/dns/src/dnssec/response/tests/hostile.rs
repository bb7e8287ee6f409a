//! Messages made to cost: many sets, many signatures, long names.

use std::time::{Duration, Instant};

use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, Record};

use super::*;

#[test]
fn a_message_full_of_sets_signatures_and_long_names_is_bounded() {
    let zone = SignedZone::new("test.");
    let long = "a.".repeat(110);
    let mut authority = zone.soa();
    for number in 0..200_u8 {
        let span = format!("x{number}.test.");
        let mut set = zone.nsec3(&Span::covering(&span).iterations(50));
        if number >= 60 {
            // Right in form, wrong in substance: each costs a verification.
            set[0].name = name(&format!("y{number}.test."));
            set[1].name = set[0].name.clone();
        }
        authority.extend(set);
    }
    let message = response(ResponseCode::NXDomain, Vec::new(), authority);
    let keys = zone.keys();
    let asked = name(&format!("{long}test."));
    let begin = Instant::now();
    let verdict = judge(&message, &asked, RecordType::A, &keys, now());
    assert!(begin.elapsed() < Duration::from_secs(3));
    assert_eq!(verdict.proof.security, Security::Bogus);
}

#[test]
fn a_thousand_records_and_signatures_are_judged_in_time() {
    let zone = SignedZone::new("test.");
    let mut records: Vec<Record> = (0..1000_u32)
        .map(|number| {
            let [_, _, third, fourth] = number.to_be_bytes();
            record("www.test.", RData::A(A::new(10, 0, third, fourth)))
        })
        .collect();
    let good = zone.signature(&records, zone.input(&records));
    let mut bad = zone.signature(&records[..999], zone.input(&records));
    bad.name = name("www.test.");
    records.extend(std::iter::repeat_n(bad, 7));
    records.push(good.clone());
    let keys = zone.keys();
    let asked = name("www.test.");
    let begin = Instant::now();
    let message = response(ResponseCode::NoError, records.clone(), Vec::new());
    let verdict = judge(&message, &asked, RecordType::A, &keys, now());
    assert_eq!(
        verdict.proof.security,
        Security::Secure,
        "the eighth is still tried"
    );
    records.insert(1000, records[1000].clone());
    let message = response(ResponseCode::NoError, records, Vec::new());
    let verdict = judge(&message, &asked, RecordType::A, &keys, now());
    assert_eq!(verdict.proof.security, Security::Bogus, "the ninth is not");
    assert!(begin.elapsed() < Duration::from_secs(3));
}

/// A signed answer and a signed denial, as bytes.
fn honest(zone: &SignedZone) -> [(Vec<u8>, &'static str); 2] {
    let answer = zone.signed(vec![a("www.test.", 1), a("www.test.", 2)]);
    let answer = response(ResponseCode::NoError, answer, Vec::new());
    let denial = [
        zone.soa(),
        zone.nsec3(&Span::matching("test.", &[RecordType::NS, RecordType::SOA])),
        zone.nsec3(&Span::covering("gone.test.")),
        zone.nsec3(&Span::covering("*.test.")),
    ];
    let denial = response(ResponseCode::NXDomain, Vec::new(), denial.concat());
    [
        (answer.to_vec().unwrap(), "www.test."),
        (denial.to_vec().unwrap(), "gone.test."),
    ]
}

#[test]
fn changed_bytes_never_pass_for_the_zones_own() {
    let zone = SignedZone::new("test.");
    let keys = zone.keys();
    let mut decoded = 0;
    for (wire, asked) in honest(&zone) {
        let whole = Message::from_vec(&wire).unwrap();
        let verdict = judge(&whole, &name(asked), RecordType::A, &keys, now());
        assert_eq!(verdict.proof.security, Security::Secure);
        for place in 0..wire.len() {
            for flip in [0x01, 0x20, 0x80, 0xff] {
                let mut changed = wire.clone();
                changed[place] ^= flip;
                let Ok(message) = Message::from_vec(&changed) else {
                    continue;
                };
                decoded += 1;
                let verdict = judge(&message, &name(asked), RecordType::A, &keys, now());
                if verdict.proof.security != Security::Secure {
                    continue;
                }
                // TTLs, case and the header are not signed; what is said is.
                let data = |message: &Message| -> Vec<RData> {
                    message
                        .answers
                        .iter()
                        .map(|record| record.data.clone())
                        .collect()
                };
                assert_eq!(data(&message), data(&whole), "byte {place} ^ {flip:#x}");
                assert!(
                    message
                        .answers
                        .iter()
                        .zip(&whole.answers)
                        .all(|(now, before)| now.name == before.name)
                );
            }
        }
    }
    assert!(decoded > 1000, "{decoded}");
}
