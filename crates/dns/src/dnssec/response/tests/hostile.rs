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
