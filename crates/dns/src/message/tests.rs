//! Whole messages: what a server sends, and what an attacker does, each with its exact outcome.

use netwhy_report::dns::message::EdnsOptionRecord;

use super::*;
use crate::presentation::data_from_text;

/// A response to `q.test. A` with these counts of records, and the records.
fn response(counts: [u16; 3], records: &[Vec<u8>]) -> Vec<u8> {
    let mut message = b"\x12\x34\x85\xb0\x00\x01".to_vec();
    for count in counts {
        message.extend(count.to_be_bytes());
    }
    message.extend(b"\x01q\x04test\x00\x00\x01\x00\x01");
    message.extend(records.concat());
    message
}

/// A record owned by the question's name.
fn record(record_type: u16, class: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    let fixed = [record_type.to_be_bytes(), class.to_be_bytes()].concat();
    [b"\xc0\x0c", &fixed[..], &ttl.to_be_bytes(), &length, data].concat()
}

fn opt(data: &[u8]) -> Vec<u8> {
    let record = record(41, 1232, 0x0100_8000, data);
    [b"\x00", &record[2..]].concat()
}

fn faults(message: &DnsMessage) -> Vec<(usize, &str)> {
    let faults = message.faults.iter();
    faults
        .map(|fault| (fault.offset, fault.reason.as_str()))
        .collect()
}

fn refused(bytes: &[u8]) -> (usize, String) {
    let undecodable = decode(bytes).unwrap_err();
    assert_eq!(undecodable.wire_b64, BASE64.encode(bytes));
    (undecodable.offset, undecodable.reason)
}

#[test]
fn a_response_comes_apart_into_its_sections() {
    // The MX's name is compressed against the question.
    let records = [
        record(15, 1, 300, b"\x00\x0a\x04mail\xc0\x0c"),
        record(2, 1, 60, b"\xc0\x0e"),
        record(65280, 254, u32::MAX, b"\x01"),
        opt(b"\x00\x03\x00\x02gw\x00\x0f\x00\x04\x00\x16no"),
    ];
    let bytes = response([1, 1, 2], &records);
    let message = decode(&bytes).unwrap();
    assert_eq!(message.faults, []);
    assert_eq!((message.id, message.opcode.as_str()), (0x1234, "QUERY"));
    assert_eq!(
        (message.rcode, message.rcode_name.as_str()),
        (16, "BADVERS")
    );
    let flags = HeaderFlags {
        response: true,
        authoritative: true,
        truncated: false,
        recursion_desired: true,
        recursion_available: true,
        authentic: true,
        checking_disabled: true,
    };
    assert_eq!(message.flags, flags);
    assert_eq!(message.question[0].name, Untrusted::from("q.test."));
    assert_eq!(message.question[0].record_type, "A");
    assert_eq!(message.answer[0].data, Untrusted::from("10 mail.q.test."));
    assert_eq!(message.authority[0].data, Untrusted::from("test."));
    let odd = &message.additional[0];
    assert_eq!(
        (odd.class.as_str(), odd.record_type.as_str()),
        ("NONE", "TYPE65280")
    );
    assert_eq!(
        (odd.ttl, &odd.data),
        (u32::MAX, &Untrusted::from("\\# 1 01"))
    );
    let edns = message.edns.unwrap();
    assert_eq!(
        (edns.version, edns.udp_payload, edns.dnssec_ok),
        (0, 1232, true)
    );
    let id = Untrusted::from("gw");
    assert_eq!(edns.options, [EdnsOptionRecord::Nsid { id }]);
    assert_eq!(edns.extended_errors[0].meaning, "No Reachable Authority");
    assert_eq!(edns.extended_errors[0].text, Untrusted::from("no"));
    assert_eq!(message.size, u32::try_from(bytes.len()).unwrap());
    assert_eq!(message.wire_b64, BASE64.encode(&bytes));
}

#[test]
fn one_bad_record_does_not_take_the_others_with_it() {
    let records = [
        record(1, 1, 60, b"\xc0\x00\x02\x01"),
        record(1, 1, 60, b"\xc0\x00\x02"),
        record(5, 1, 60, b"\xc0\xff"),
        record(15, 1, 60, b"\x00\x0a\x00"),
    ];
    let message = decode(&response([4, 0, 0], &records)).unwrap();
    let data: Vec<String> = message
        .answer
        .iter()
        .map(|record| record.data.escaped())
        .collect();
    assert_eq!(data, ["192.0.2.1", "\\# 3 C00002", "\\# 2 C0FF", "10 ."]);
    assert_eq!(
        faults(&message),
        [
            (
                52,
                "answer record 2 of 4 (q.test. A): 4 bytes are needed, 3 are left"
            ),
            (
                67,
                "answer record 3 of 4 (q.test. CNAME): the compression pointer to offset 255 does not lead back"
            ),
        ]
    );
}

#[test]
fn a_name_in_data_that_points_at_itself_costs_its_record_only() {
    let records = [
        record(5, 1, 60, b"\x01a\xc0\x24"),
        record(1, 1, 60, b"\x01\x02\x03\x04"),
    ];
    let message = decode(&response([2, 0, 0], &records)).unwrap();
    let lost = "answer record 1 of 2 (q.test. CNAME): the compression pointer to offset 36 does not lead back";
    assert_eq!(faults(&message), [(38, lost)]);
    assert_eq!(message.answer[1].data, Untrusted::from("1.2.3.4"));
}

#[test]
fn broken_frames_stop_at_their_offset() {
    let a = record(1, 1, 60, b"\xc0\x00\x02\x01");
    assert_eq!(
        refused(b""),
        (0, "header: 2 bytes are needed, 0 are left".to_owned())
    );
    assert_eq!(
        refused(&response([0; 3], &[])[..11]),
        (10, "header: 2 bytes are needed, 1 are left".to_owned())
    );
    let lying = response([2, 0, 0], std::slice::from_ref(&a));
    assert_eq!(
        refused(&lying),
        (
            40,
            "answer record 2 of 2: 1 bytes are needed, 0 are left".to_owned()
        )
    );
    let mut overrun = response([1, 0, 0], std::slice::from_ref(&a));
    overrun[35] = 5;
    assert_eq!(
        refused(&overrun),
        (
            36,
            "answer record 1 of 1: RDLENGTH: 5 bytes are needed, 4 are left".to_owned()
        )
    );
    let mut question = response([0; 3], &[]);
    question[12] = 0xc0;
    assert_eq!(
        refused(&question),
        (
            12,
            "question 1 of 1: the compression pointer to offset 113 does not lead back".to_owned()
        )
            .clone()
    );
    let mut counts = response([u16::MAX; 3], &[]);
    counts[4..6].copy_from_slice(&[0xff, 0xff]);
    assert_eq!(refused(&counts).0, 24);
    assert_eq!(
        refused(&vec![0; 65_536]),
        (
            65_535,
            "a message has at most 65535 bytes, this has 65536".to_owned()
        )
    );
}

#[test]
fn trailing_bytes_and_stray_opt_records_are_flagged() {
    let mut bytes = response(
        [0, 1, 2],
        &[opt(b""), opt(b""), opt(b"\x00\x0a\x00\x08\x01")],
    );
    bytes.extend(b"xyz");
    let message = decode(&bytes).unwrap();
    assert_eq!(message.authority[0].data, Untrusted::from("\\# 0"));
    assert_eq!(message.additional[0].record_type, "OPT");
    assert_eq!(
        faults(&message),
        [
            (
                35,
                "authority record 1 of 1: an OPT record too many or out of place"
            ),
            (
                57,
                "additional record 2 of 2: an OPT record too many or out of place"
            ),
            (62, "3 bytes follow the last record"),
        ]
    );
    let message = decode(&response([0, 0, 1], &[opt(b"\x00\x0a\x00\x08\x01")])).unwrap();
    assert_eq!(
        faults(&message),
        [(39, "OPT: EDNS option 10: 8 bytes are needed, 1 are left")]
    );
}

#[test]
fn options_with_a_form_of_their_own_show_it_and_others_show_hex() {
    let data = [
        &b"\x00\x08\x00\x07\x00\x01\x18\x10\xc0\x00\x02"[..],
        b"\x00\x08\x00\x05\x00\x02\x08\x00\x20",
        b"\x00\x0a\x00\x10ABCDEFGHabcdefgh",
        b"\x00\x0a\x00\x08ABCDEFGH",
        b"\x00\x0c\x00\x03\x00\x00\x00",
        b"\x00\x08\x00\x06\x00\x01\x18\x00\xc0\x00",
        b"\x00\x0a\x00\x01A",
        b"\x00\x0f\x00\x01\x00",
        b"\xff\xff\x00\x01\xfe",
    ];
    let message = decode(&response([0, 0, 1], &[opt(&data.concat())])).unwrap();
    let subnet = |network: &str, scope| EdnsOptionRecord::ClientSubnet {
        network: network.to_owned(),
        scope,
    };
    let cookie = |server: Option<&str>| EdnsOptionRecord::Cookie {
        client: "4142434445464748".to_owned(),
        server: server.map(str::to_owned),
    };
    let other = |code, data: &str| EdnsOptionRecord::Other {
        code,
        data: data.to_owned(),
    };
    assert_eq!(
        message.edns.unwrap().options,
        [
            subnet("192.0.2.0/24", 16),
            subnet("2000::/8", 0),
            cookie(Some("6162636465666768")),
            cookie(None),
            EdnsOptionRecord::Padding { length: 3 },
            other(8, "00011800c000"),
            other(10, "41"),
            other(15, "00"),
            other(65535, "fe"),
        ]
    );
}

#[test]
fn a_set_of_a_thousand_records_is_kept_whole() {
    let records: Vec<Vec<u8>> = (0..1000u16)
        .map(|nth| record(1, 1, 60, &[&[10, 0][..], &nth.to_be_bytes()].concat()))
        .collect();
    let message = decode(&response([1000, 0, 0], &records)).unwrap();
    assert_eq!(message.answer.len(), 1000);
    assert_eq!(message.answer[999].data, Untrusted::from("10.0.3.231"));
    assert_eq!(message.faults, []);
}

#[test]
fn the_longest_names_in_the_largest_message_stay_within_bounds() {
    let label = [&[63][..], &[0xff; 63]].concat();
    let owner = [
        label.clone(),
        label.clone(),
        label,
        [&[61][..], &[0xff; 61], &[0]].concat(),
    ]
    .concat();
    let mut bytes = response([5000, 0, 0], &[]);
    bytes.extend(
        [
            &owner[..],
            b"\x00\x02\x00\x01\x00\x00\x00\x00\x00\x02\xc0\x18",
        ]
        .concat(),
    );
    for _ in 1..5000 {
        bytes.extend(b"\xc0\x18\x00\x02\x00\x01\x00\x00\x00\x00\x00\x02\xc0\x18");
    }
    bytes.truncate(65_535);
    assert!((65_521..=65_535).contains(&refused(&bytes).0));
    let whole = (65_535 - 24 - 267) / 14 + 1;
    bytes[6..8].copy_from_slice(&u16::try_from(whole).unwrap().to_be_bytes());
    let message = decode(&bytes).unwrap();
    let octets = message
        .answer
        .iter()
        .map(|record| record.name.raw().len() + record.data.raw().len());
    assert!(octets.sum::<usize>() < 12_000_000);
}

#[test]
fn mutated_messages_decode_or_are_refused_and_only_printable_text_leaves() {
    let data = |class, record_type: &str, text| {
        let record_type: RecordType = record_type.parse().unwrap();
        let wire = data_from_text(class, record_type, text, None).unwrap();
        record(record_type.0, class.0, 60, &wire)
    };
    let records = [
        data(RecordClass::IN, "SOA", "a.test. b.test. 1 2 3 4 5"),
        data(RecordClass::IN, "HTTPS", "1 . alpn=h2 ipv4hint=192.0.2.1"),
        data(
            RecordClass::IN,
            "NSEC3",
            "1 0 0 AB 2t7b4g4vsa5smi47k61mv5bv1a22bojr A",
        ),
        data(RecordClass::CH, "TXT", "\"a\" \"\\000\""),
        data(RecordClass::IN, "CAA", "0 issue \"x\""),
        opt(b"\x00\x0a\x00\x08ABCDEFGH\x00\x0f\x00\x03\x00\x16x"),
    ];
    let good = response([3, 2, 1], &records);
    assert_eq!(decode(&good).unwrap().faults, []);
    let mut state: u32 = 7;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 8).unwrap() % below
    };
    let (mut refused, mut faulty) = (0, 0);
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..=next(4) {
            let position = next(bytes.len());
            bytes[position] = u8::try_from(next(256)).unwrap();
        }
        bytes.truncate(bytes.len() - next(3) * next(bytes.len() / 3));
        let Ok(message) = decode(&bytes) else {
            refused += 1;
            continue;
        };
        faulty += usize::from(!message.faults.is_empty());
        let sections = [&message.answer, &message.authority, &message.additional];
        for record in sections.into_iter().flatten() {
            let text = [record.name.raw(), record.data.raw()].concat();
            assert!(text.iter().all(|byte| (0x20..=0x7e).contains(byte)));
        }
    }
    assert!(refused > 1_000 && faulty > 1_000, "{refused} {faulty}");
}

#[test]
fn the_answer_alone_is_the_same_answer() {
    let records = [
        record(15, 1, 300, b"\x00\x0a\x04mail\xc0\x0c"),
        record(2, 1, 60, b"\xc0\x0e"),
        opt(b""),
    ];
    let bytes = response([1, 1, 1], &records);
    let (whole, answer) = (decode(&bytes).unwrap(), decode_answer(&bytes).unwrap());
    assert_eq!(answer.answer, whole.answer);
    assert_eq!((answer.rcode, &answer.edns), (whole.rcode, &whole.edns));
    assert_eq!((answer.authority.len(), answer.additional.len()), (0, 0));
    let cut = &bytes[..bytes.len() - 3];
    assert_eq!(decode_answer(cut).unwrap_err(), decode(cut).unwrap_err());
}
