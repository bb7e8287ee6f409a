//! Domain names: both forms, and what people type.

use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    DomainName::parse(text).unwrap().to_string()
}

#[test]
fn presentation_escapes_what_a_zone_file_would_misread() {
    let octets = b"we.ird\"na$me@;()\\\x00\xc8\x20\x7f*";
    let mut wire = vec![u8::try_from(octets.len()).unwrap()];
    wire.extend(octets);
    wire.push(0);
    let name = DomainName::from_checked_wire(wire);
    let text = r#"we\.ird\"na\$me\@\;\(\)\\\000\200\032\127*."#;
    assert_eq!(name.to_string(), text);
    assert_eq!(DomainName::parse(text), Ok(name));
}

#[test]
fn what_people_type_becomes_an_absolute_name() {
    for (typed, expected) in [
        (".", "."),
        ("example.com", "example.com."),
        ("Example.COM.", "Example.COM."),
        ("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example."),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah."),
        (r"a\.b\065\\.c", r"a\.bA\\.c."),
        ("*.x", "*.x."),
        ("a b", r"a\032b."),
    ] {
        assert_eq!(shown(typed), expected);
    }
}

#[test]
fn every_error_says_what_was_given_and_what_is_expected() {
    let label = "a".repeat(64);
    let long = [
        "a".repeat(63),
        "b".repeat(63),
        "c".repeat(63),
        "d".repeat(62),
    ]
    .join(".");
    for (typed, expected) in [
        (
            "a..b",
            "\"a..b\" has an empty label; labels have 1 to 63 octets, and a lone \".\" is the root",
        ),
        (
            "",
            "\"\" has an empty label; labels have 1 to 63 octets, and a lone \".\" is the root",
        ),
        (
            ".a",
            "\".a\" has an empty label; labels have 1 to 63 octets, and a lone \".\" is the root",
        ),
        (
            "..",
            "\"..\" has an empty label; labels have 1 to 63 octets, and a lone \".\" is the root",
        ),
        (
            r"a\25",
            r#""\25" is no escape; expected \DDD with a decimal number up to 255, or \X with any other character"#,
        ),
        (
            r"a\256",
            r#""\256" is no escape; expected \DDD with a decimal number up to 255, or \X with any other character"#,
        ),
        (
            "a\\",
            r#""\" is no escape; expected \DDD with a decimal number up to 255, or \X with any other character"#,
        ),
        (
            &long,
            "the name takes 256 octets on the wire; at most 255 are allowed, 253 characters without escapes (RFC 1035 §2.3.4)",
        ),
        (
            &label,
            &format!(
                "the label \"{label}\" has 64 octets; at most 63 are allowed (RFC 1035 §2.3.4)"
            ),
        ),
        (
            "a.\u{202e}ü",
            "the label \"\\u{202e}ü\" is no internationalised label (UTS #46)",
        ),
    ] {
        assert_eq!(DomainName::parse(typed).unwrap_err().to_string(), expected);
    }
    assert_eq!(DomainName::parse(&long[1..]).unwrap().wire().len(), 255);
}

#[test]
fn addresses_turn_round() {
    let reverse = |text: &str| DomainName::reverse(text.parse().unwrap()).to_string();
    assert_eq!(reverse("192.0.2.1"), "1.2.0.192.in-addr.arpa.");
    assert_eq!(
        reverse("2001:db8::567:89ab"),
        "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."
    );
}

#[test]
fn case_is_mixed_by_the_bits_given_and_does_not_count() {
    let name = DomainName::parse("abcdefgh.1-2").unwrap();
    let mixed = name.with_mixed_case([0b1010_1010; 32]);
    assert_eq!(mixed.to_string(), "AbCdEfGh.1-2.");
    assert!(mixed.matches(&name) && mixed != name);
    assert_eq!(name.with_mixed_case([0; 32]), name);
}

#[test]
fn relative_names_need_an_origin() {
    let origin = DomainName::parse("example.").unwrap();
    let relative = |text| {
        DomainName::parse_relative(text, Some(&origin))
            .unwrap()
            .to_string()
    };
    assert_eq!(relative("www"), "www.example.");
    assert_eq!(relative("www."), "www.");
    assert!(matches!(
        DomainName::parse_relative("www", None),
        Err(NameError::NoOrigin { .. })
    ));
}

proptest! {
    #[test]
    fn any_name_goes_to_text_and_back(labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..=24), 0..=10)) {
        let name = DomainName::from_labels(labels.iter().map(Vec::as_slice)).unwrap();
        let text = name.to_string();
        prop_assert!(text.bytes().all(|byte| (0x21..=0x7e).contains(&byte)), "{}", text);
        prop_assert_eq!(DomainName::parse(&text).unwrap(), name);
    }

    #[test]
    fn any_text_is_a_name_or_an_error(text in any::<String>()) {
        if let Ok(name) = DomainName::parse(&text) {
            prop_assert!(name.wire().len() <= NAME_OCTETS);
            prop_assert_eq!(DomainName::parse(&name.to_string()), Ok(name));
        }
    }
}
