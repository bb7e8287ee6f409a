//! Zone files: the forms that hints and anchors use, and errors with their lines.

use super::*;
use crate::presentation::to_text;
use crate::wire::Reader;

fn lines(text: &str, origin: Option<&str>) -> Result<Vec<String>, ZoneFileError> {
    let origin = origin.map(|origin| DomainName::parse(origin).unwrap());
    let records = read_zone_file(text, origin.as_ref())?;
    Ok(records
        .iter()
        .map(|record| {
            let data = to_text(
                record.class,
                record.record_type,
                &Reader::new(&record.rdata),
            );
            let ZoneRecord {
                owner,
                ttl,
                class,
                record_type,
                line,
                ..
            } = record;
            format!(
                "{line}: {owner} {ttl} {class} {record_type} {}",
                data.unwrap()
            )
        })
        .collect())
}

fn error(text: &str) -> String {
    lines(text, Some("example.")).unwrap_err().to_string()
}

#[test]
fn root_hints_are_read() {
    let hints = "\
;       This file holds the information on root name servers needed to
;
.                        3600000      NS    A.ROOT-SERVERS.NET.
A.ROOT-SERVERS.NET.      3600000      A     198.41.0.4
A.ROOT-SERVERS.NET.      3600000      AAAA  2001:503:ba3e::2:30
; End of file";
    let expected = [
        "3: . 3600000 IN NS A.ROOT-SERVERS.NET.",
        "4: A.ROOT-SERVERS.NET. 3600000 IN A 198.41.0.4",
        "5: A.ROOT-SERVERS.NET. 3600000 IN AAAA 2001:503:ba3e::2:30",
    ];
    assert_eq!(lines(hints, None).unwrap(), expected);
}

#[test]
fn trust_anchors_are_read() {
    let anchors = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D084 ( ; KSK-2017
        58E880409BBC683457104237C7F8EC8D )\r
\". 172800 IN DNSKEY\"";
    let error = lines(anchors, None).unwrap_err();
    assert_eq!(error.line, 3);
    let (anchor, _) = anchors.split_once('\r').unwrap();
    assert_eq!(
        lines(anchor, None).unwrap(),
        [
            "1: . 0 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237 C7F8EC8D"
        ]
    );
}

#[test]
fn owners_ttls_and_classes_are_inherited_and_names_completed() {
    let zone = "\
$TTL 1h30m
@       IN SOA ns1 hostmaster (
            2024010101 ; serial
            7200 3600
            1209600 300 )
        NS      ns1
        300 IN NS ns2.example.net.
ns1     IN 60 A 192.0.2.1

$ORIGIN sub
www     CH TXT \"a b;c\" (\"d\"
  e) ; comment
        A       \\# 1 00
\\@       MX      10 @
any     ANY     \\# 0
";
    let expected = [
        "2: example. 5400 IN SOA ns1.example. hostmaster.example. 2024010101 7200 3600 1209600 300",
        "6: example. 5400 IN NS ns1.example.",
        "7: example. 300 IN NS ns2.example.net.",
        "8: ns1.example. 60 IN A 192.0.2.1",
        "11: www.sub.example. 5400 CH TXT \"a b;c\" \"d\" \"e\"",
        "13: www.sub.example. 5400 CH A \\# 1 00",
        "14: \\@.sub.example. 5400 CH MX 10 sub.example.",
        "15: any.sub.example. 5400 CH ANY \\# 0",
    ];
    assert_eq!(lines(zone, Some("example.")).unwrap(), expected);
}

#[test]
fn errors_carry_the_line_on_which_the_entry_begins() {
    for (text, expected) in [
        (
            "@ A 1.2.3.4\n\n@ A 1.2.3",
            "line 3: \"1.2.3\" stands where an IPv4 address is expected",
        ),
        (
            "  A 1.2.3.4",
            "line 1: the entry ends where an owner, as no entry before names one is expected",
        ),
        (
            "@ TXT (\n\"a\"\n\"b\n)",
            "line 1: a quotation does not end on its line",
        ),
        (
            "\n@ TXT (\na",
            "line 2: an opening parenthesis has no closing one",
        ),
        (
            "@ AAAB ::",
            "line 1: \"AAAB\" stands where a record type (or a TTL or class before it) is expected",
        ),
        (
            "@ 60 IN",
            "line 1: the entry ends where a record type (or a TTL or class before it) is expected",
        ),
        (
            "@ 60 60 A 1.2.3.4",
            "line 1: \"60\" stands where a record type (or a TTL or class before it) is expected",
        ),
        (
            "$INCLUDE /etc/passwd",
            "line 1: \"$INCLUDE\" stands where $ORIGIN, $TTL or a record is expected",
        ),
        ("$TTL 1x", "line 1: \"1x\" stands where one TTL is expected"),
        ("$TTL", "line 1: the entry ends where one TTL is expected"),
        (
            "$ORIGIN a b",
            "line 1: \"b\" stands where one domain name and nothing more is expected",
        ),
        (
            "a..b A 1.2.3.4",
            "line 1: \"a..b\" has an empty label; labels have 1 to 63 octets, and a lone \".\" is the root",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
    assert_eq!(
        lines("www A 1.2.3.4", None).unwrap_err().to_string(),
        "line 1: \"www\" is relative and no $ORIGIN was given; end it with a dot"
    );
}

#[test]
fn ttls_with_units_add_up_and_do_not_overflow() {
    assert_eq!(ttl("1w2d3h4m5s"), Some(788_645));
    assert_eq!(ttl("4294967295"), Some(u32::MAX));
    for wrong in ["4294967296", "9999999w", "1h30", "h", "", "1é"] {
        assert_eq!(ttl(wrong), None, "{wrong}");
    }
}
