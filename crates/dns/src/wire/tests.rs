//! Names whose compression attacks the reader, each with its exact outcome.

use super::*;

fn name(message: &[u8], at: usize) -> Result<(String, usize), Malformed> {
    let mut reader = Reader::new(message);
    reader.take(at)?;
    let name = reader.name()?;
    Ok((name.to_string(), reader.position()))
}

fn fault(message: &[u8], at: usize) -> (usize, String) {
    let fault = name(message, at).unwrap_err();
    (fault.offset, fault.reason.into_owned())
}

#[test]
fn an_honest_pointer_is_followed_and_reading_goes_on_behind_it() {
    let message = b"\x03com\x00\x03www\xc0\x00\xff";
    assert_eq!(name(message, 5), Ok(("www.com.".to_owned(), 11)));
}

#[test]
fn pointers_to_themselves_and_forward_are_refused() {
    let lost = |target| format!("the compression pointer to offset {target} does not lead back");
    assert_eq!(fault(b"\xc0\x00", 0), (0, lost(0)));
    assert_eq!(fault(b"\x01a\xc0\x00", 0), (2, lost(0)));
    assert_eq!(fault(b"\xc0\x04\x00\x00\x01a\x00", 0), (0, lost(4)));
    assert_eq!(fault(b"\xc0\x02\xc0\x00", 0), (0, lost(2)));
    // Two pointers that point at each other.
    assert_eq!(fault(b"\x01a\xc0\x04\x01b\xc0\x00", 4), (2, lost(4)));
}

#[test]
fn a_ladder_of_pointers_ends_at_the_128th() {
    let mut message = vec![0, 0];
    for rung in 0u16..200 {
        message.extend((0xc000 | (rung * 2)).to_be_bytes());
    }
    assert_eq!(name(&message, 256), Ok((".".to_owned(), 258)));
    let (offset, reason) = fault(&message, 258);
    assert_eq!(
        (offset, reason.as_str()),
        (2, "the name has more than 128 compression pointers")
    );
}

#[test]
fn a_name_of_255_octets_is_read_and_one_of_256_is_not() {
    let label = |length: u8| [&[length][..], &vec![b'a'; usize::from(length)]].concat();
    let full = [label(63), label(63), label(63), label(61), vec![0]].concat();
    assert_eq!(name(&full, 0).unwrap().1, 255);
    let over = [label(63), label(63), label(63), label(62), vec![0]].concat();
    assert_eq!(
        fault(&over, 0),
        (255, "the name is longer than 255 octets".to_owned())
    );
    // The same by way of a pointer.
    let joined = [full.as_slice(), b"\x01b\xc0\x00"].concat();
    assert_eq!(fault(&joined, 255).1, "the name is longer than 255 octets");
}

#[test]
fn labels_of_other_kinds_and_cut_names_are_refused() {
    let message = b"\x41a\x00";
    assert_eq!(
        fault(message, 0),
        (0, "0x41 begins neither a label nor a pointer".to_owned())
    );
    assert_eq!(
        fault(b"\x03ab", 0),
        (1, "3 bytes are needed, 2 are left".to_owned())
    );
    assert_eq!(
        fault(b"\x00\xc0", 1),
        (2, "1 bytes are needed, 0 are left".to_owned())
    );
    let mut reader = Reader::new(b"\x00\xc0\x00");
    reader.take(1).unwrap();
    let reason = reader.plain_name().unwrap_err().reason;
    assert_eq!(reason, "a compressed name is not allowed here");
}

#[test]
fn a_part_ends_where_it_should() {
    let mut reader = Reader::new(b"\x03abc\x00rest");
    let mut part = reader.part(2).unwrap();
    assert_eq!(part.name().unwrap_err().offset, 1);
    assert_eq!(reader.position(), 2);
    assert!(reader.part(8).is_err());
}
