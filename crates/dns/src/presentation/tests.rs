//! RDATA in both directions: vectors of the RFCs, and every type with any data.

mod any_data;

use data_encoding::HEXLOWER_PERMISSIVE;

use super::*;
use crate::wire::Reader;

/// The text that the data given in text leaves with; `record` is a type and its data.
fn printed(record: &str) -> Result<String, PresentationError> {
    let (record_type, data) = record.split_once(' ').unwrap();
    let record_type = record_type.parse().unwrap();
    let root = DomainName::root();
    let wire = data_from_text(RecordClass::IN, record_type, data, Some(&root))?;
    Ok(to_text(RecordClass::IN, record_type, &Reader::new(&wire)).unwrap())
}

fn wire(record: &str) -> Vec<u8> {
    let (record_type, data) = record.split_once(' ').unwrap();
    data_from_text(RecordClass::IN, record_type.parse().unwrap(), data, None).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).unwrap()
}

#[test]
fn what_dig_prints_reads_back_as_the_same_text() {
    for record in [
        "A 192.0.2.1",
        "AAAA 2001:db8:0:1:1:1:1:1",
        "AAAA ::1.2.3.4",
        "AAAA ::",
        "AAAA ::1",
        "CNAME www.example.com.",
        "DNAME example.net.",
        "PTR host.example.",
        "NS ns1.example.",
        "SOA ns1.example. hostmaster.example. 2024010101 7200 3600 1209600 300",
        "MX 10 mail.example.",
        r#"TXT "hello world" "a\"b\\c;d" "\000\127\255" """#,
        r#"SPF "v=spf1 -all""#,
        r#"HINFO "INTEL-386" "UNIX""#,
        "RP admin.example. .",
        "AFSDB 1 afs.example.",
        r#"ISDN "150862028003217" "004""#,
        r#"ISDN "150862028003217""#,
        "NSAP 0x47000580005a0000000001e133ffffff00016100",
        "SRV 0 5 5060 sip.example.",
        r#"CAA 0 issue "ca.example.net; policy=ev""#,
        r#"CAA 128 iodef "mailto:a@b\"c""#,
        r#"CAA 0 issue """#,
        r#"NAPTR 100 10 "u" "sip+E2U" "!^.*$!sip:info@example.com!i" ."#,
        "LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
        "LOC 90 0 0.000 S 180 0 0.000 W 42849672.95m 90000000m 0.05m 0.50m",
        "SSHFP 2 1 123456789ABCDEF67890123456789ABCDEF67890",
        "TLSA 3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB10 6618E971",
        "SMIMEA 3 0 0 D2ABDE",
        "DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237 C7F8EC8D",
        "CDS 0 0 0 00",
        "CDNSKEY 0 3 0 AA==",
        "DNSKEY 257 3 13 AQPSKmynfzW4",
        "OPENPGPKEY mQENBFWpGzcBCADJkqyVbGnBEZ3eJ7sJrUKPsXc4oZMDJHlLhXfhyu4H RnCm9Pwv",
        "RRSIG A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WN",
        "RRSIG TYPE65400 15 0 0 21060207062815 19700101000000 65535 . AQID",
        r"NSEC \000.ns.example. A HTTPS CAA DLV TYPE65535",
        "NSEC3 1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM",
        "NSEC3 1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR",
        "NSEC3PARAM 1 0 0 -",
        "CERT PKIX 12345 RSASHA256 AQID",
        "CERT 65000 0 0 AQID",
        "IPSECKEY 10 1 2 192.0.2.38 AQID",
        "IPSECKEY 10 3 2 mygateway.example. AQID",
        "HIP 2 200100107B1A74DF365639CC39F1D578 AwEA rvs.example. rvs2.example.",
        "CSYNC 66 3 A NS AAAA",
        "ZONEMD 2018031500 1 1 FEBE3D",
        "NID 10 14:4fff:ff20:ee64",
        "L32 10 10.1.2.0",
        "EUI48 00-00-5e-00-53-2a",
        "EUI64 00-00-5e-ef-10-00-00-2a",
        r#"URI 10 1 "ftp://ftp1.example.com/public""#,
        "AMTRELAY 10 1 3 amtrelays.example.",
        "AMTRELAY 10 0 0 .",
        "APL 1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8",
        r#"SVCB 1 . mandatory=alpn,port alpn="h2,h3" no-default-alpn port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech=AEj+DQBE ipv6hint=2001:db8::1"#,
        r#"HTTPS 16 foo.example. alpn="f\\\\oo\\,bar,h2" key667="hello\210qoo""#,
        r#"HTTPS 1 . key9="\"a\\b" key65400"#,
        "SVCB 0 alias.example.",
        r"NULL \# 3 010203",
        r"TYPE731 \# 0",
        r"TYPE65280 \# 30 000102030405060708090A0B0C0D0E0F000102030405060708090A0B 0C0D",
    ] {
        let (_, data) = record.split_once(' ').unwrap();
        assert_eq!(printed(record).as_deref(), Ok(data), "{record}");
    }
}

#[test]
fn the_wire_forms_are_those_of_the_rfcs() {
    // RFC 9460, appendix D.2.
    assert_eq!(
        wire("SVCB 16 foo.example.org. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1"),
        hex(
            "0010 03666f6f 07657861 6d706c65 036f7267 00 0000 0004 0001 0004
             0001 0009 02 6832 05 68332d3139 0004 0004 c0000201"
        )
    );
    assert_eq!(
        wire(r#"SVCB 16 foo.example.org. alpn="f\\\\oo\\,bar,h2""#),
        hex("0010 03666f6f 07657861 6d706c65 036f7267 00 0001 000c 08 665c6f6f2c626172 02 6832")
    );
    assert_eq!(
        wire(r#"SVCB 1 foo.example.com. key667="hello\210qoo""#),
        hex("0001 03666f6f 07657861 6d706c65 03636f6d 00 029b 0009 68656c6c6f d2 716f6f")
    );
    // RFC 4034 §4.3.
    assert_eq!(
        wire("NSEC host.example.com. A MX RRSIG NSEC TYPE1234"),
        hex("04686f7374 076578616d706c65 03636f6d 00 0006 400100000003
             041b 000000000000000000000000000000000000000000000000000020")
    );
    // RFC 3597 §5: the generic form of a known type.
    assert_eq!(wire(r"A \# 4 0A000001"), [10, 0, 0, 1]);
    assert_eq!(
        wire("DS 60485 5 1 2BB183AF 5F22588179A53B0A 98631FAD1A292118").len(),
        24
    );
    assert_eq!(
        wire("CAA 0 issue \"ca.example.net\""),
        b"\x00\x05issueca.example.net"
    );
}

#[test]
fn addresses_mean_addresses_in_class_in_only() {
    let data = [10, 0, 0, 1];
    let a = "A".parse().unwrap();
    let text = |class| to_text(class, a, &Reader::new(&data)).unwrap();
    assert_eq!(text(RecordClass::IN), "10.0.0.1");
    assert_eq!(text(RecordClass::CH), r"\# 4 0A000001");
}

#[test]
fn malformed_data_is_refused_at_its_offset() {
    for (record_type, bytes, offset, reason) in [
        ("A", "0a0000", 0, "4 bytes are needed, 3 are left"),
        ("A", "0a00000102", 4, "1 bytes follow data that is complete"),
        ("MX", "000a", 2, "1 bytes are needed, 0 are left"),
        ("TXT", "", 0, "1 bytes are needed, 0 are left"),
        ("TXT", "0561", 1, "5 bytes are needed, 1 are left"),
        (
            "CAA",
            "0003612d62",
            1,
            "the property tag is not made of letters and digits",
        ),
        ("DS", "00010801", 4, "at least one byte more is needed"),
        ("NSEC", "000001", 3, "1 bytes are needed, 0 are left"),
        (
            "HTTPS",
            "0001000000000400040001",
            9,
            "mandatory key 1 is out of order",
        ),
        (
            "NSEC",
            "00000140000140",
            4,
            "window 0 of the type bitmap is out of order",
        ),
        (
            "NSEC",
            "00000100",
            1,
            "a window of the type bitmap must have 1 to 32 bytes, the last not 0",
        ),
        (
            "HTTPS",
            "0001000003000201bb000300020050",
            9,
            "service parameter 3 is out of order",
        ),
        (
            "HTTPS",
            "000100000300010a",
            7,
            "2 bytes are needed, 1 are left",
        ),
        (
            "HTTPS",
            "00010000020001ff",
            7,
            "the value of no-default-alpn has bytes too many",
        ),
        (
            "LOC",
            "01121613800000008000000000989680",
            0,
            "version 1 of LOC is not known",
        ),
        (
            "LOC",
            "00ff1613800000008000000000989680",
            0,
            "a size or precision of LOC is not one digit times a power of ten",
        ),
        (
            "LOC",
            "00121613ffffffff8000000000989680",
            0,
            "the latitude or longitude of LOC is beyond its range",
        ),
        (
            "APL",
            "0001210401020304",
            0,
            "an address prefix of APL breaks its format",
        ),
        ("AMTRELAY", "0a09", 2, "9 is no type of a gateway or relay"),
    ] {
        let bytes = hex(bytes);
        let fault = to_text(
            RecordClass::IN,
            record_type.parse().unwrap(),
            &Reader::new(&bytes),
        );
        let fault = fault.expect_err(record_type);
        assert_eq!(
            (fault.offset, fault.reason.as_ref()),
            (offset, reason),
            "{record_type}"
        );
    }
}

#[test]
fn errors_in_text_name_what_was_given_and_what_belongs_there() {
    for (record, expected) in [
        (
            "A 1.2.3",
            "\"1.2.3\" stands where an IPv4 address is expected",
        ),
        ("A", "the entry ends where an IPv4 address is expected"),
        ("A 1.2.3.4 5", "\"5\" follows data that is complete"),
        (
            "MX 65536 a.",
            "\"65536\" stands where a number up to 65535 is expected",
        ),
        ("TXT \"a", "a quotation does not end on its line"),
        ("TXT (a", "an opening parenthesis has no closing one"),
        ("TXT a)", "a closing parenthesis has no opening one"),
        (
            "TYPE731 00",
            "\"00\" stands where \\#, the length and the data in hex (RFC 3597), as the type has no other form, is expected",
        ),
        (
            r"A \# 4 0A0000",
            "\"0A0000\" stands where hex of 4 bytes is expected",
        ),
        (
            "RRSIG A 8 1 60 20241301000000 0 1 . AQID",
            "\"20241301000000\" stands where a time as YYYYMMDDHHMMSS, from 1970 to 2106 is expected",
        ),
        (
            "LOC 91 N 0 E 0",
            "\"91\" stands where a number up to 90 is expected",
        ),
        (
            "LOC 90 0 1 N 0 E 0",
            "\"N\" stands where an angle up to 90 degrees is expected",
        ),
        (
            "SVCB 1 . port=1 port=2",
            "\"port=2\" stands where a service parameter that was not given before is expected",
        ),
    ] {
        let record = if record == "A" { "A " } else { record };
        assert_eq!(
            printed(record).unwrap_err().to_string(),
            expected,
            "{record}"
        );
    }
    let long = format!("TXT {}", "a".repeat(256));
    assert!(
        printed(&long)
            .unwrap_err()
            .to_string()
            .ends_with("at most 255 octets (it has 256) is expected")
    );
}
