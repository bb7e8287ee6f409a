//! Which fields the data of each record type is made of, in their order.

use crate::mnemonic::{RecordClass, RecordType};

/// One field of RDATA; both directions read the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// A domain name; on the wire it may be compressed.
    Name,
    /// Any number of domain names to the end, never compressed.
    Names,
    U8,
    U16,
    U32,
    Ipv4,
    Ipv6,
    /// One character string, quoted.
    Text,
    /// A character string that may be absent.
    OptionalText,
    /// One or more character strings, quoted, to the end.
    Texts,
    /// Bytes to the end as one quoted string.
    LongText,
    /// A property tag of CAA: a character string of letters and digits, unquoted.
    Tag,
    /// At least one byte to the end, in hex.
    Hex,
    /// Bytes to the end in hex behind `0x` ([RFC 1706 §7](https://www.rfc-editor.org/rfc/rfc1706#section-7)).
    PrefixedHex,
    /// Bytes to the end, in base64.
    Base64,
    /// Bytes behind a one-byte count in hex; `-` for none.
    CountedHex,
    /// Bytes behind a one-byte count, in base32 with the extended hex alphabet.
    CountedBase32,
    /// A record type's mnemonic.
    Type,
    /// The window blocks of NSEC, NSEC3 and CSYNC.
    TypeBitmap,
    /// Seconds since 1970 as `YYYYMMDDHHMMSS`.
    Time,
    /// The certificate type of CERT.
    CertificateType,
    /// A DNSSEC algorithm by its mnemonic.
    AlgorithmName,
    /// Octets in hex, joined by hyphens.
    Eui48,
    Eui64,
    /// 64 bits as four groups of hex, joined by colons ([RFC 6742](https://www.rfc-editor.org/rfc/rfc6742)).
    Locator64,
    /// Latitude, longitude, altitude and precision of LOC.
    Location,
    /// Address prefixes of APL.
    AddressPrefixes,
    /// Gateway type, algorithm and gateway of IPSECKEY.
    Gateway,
    /// Discovery bit, relay type and relay of AMTRELAY.
    Relay,
    /// Algorithm, identity tag and key of HIP, whose lengths come first on the wire.
    HostIdentity,
    /// The parameters of SVCB and HTTPS.
    ServiceParameters,
}

use Field::{
    AddressPrefixes, AlgorithmName, Base64, CertificateType, CountedBase32, CountedHex, Eui48,
    Eui64, Gateway, Hex, HostIdentity, Ipv4, Ipv6, Location, Locator64, LongText, Name, Names,
    OptionalText, PrefixedHex, Relay, ServiceParameters, Tag, Text, Texts, Time, Type, TypeBitmap,
    U8, U16, U32,
};

const SIGNATURE: &[Field] = &[Type, U8, U8, U32, Time, Time, U16, Name, Base64];
const KEY: &[Field] = &[U16, U8, U8, Base64];
const DIGEST: &[Field] = &[U16, U8, U8, Hex];

/// The fields of a type; `None` where it has no form but the generic one.
pub(crate) fn layout(class: RecordClass, record_type: RecordType) -> Option<&'static [Field]> {
    class_bound(class, record_type).or_else(|| class_free(record_type))
}

/// Types that mean something in the class IN only.
fn class_bound(class: RecordClass, record_type: RecordType) -> Option<&'static [Field]> {
    if class != RecordClass::IN {
        return None;
    }
    Some(match record_type.0 {
        1 => &[Ipv4],
        22 => &[PrefixedHex],
        23 => &[Name],
        26 => &[U16, Name, Name],
        28 => &[Ipv6],
        31 | 32 => &[Hex],
        33 => &[U16, U16, U16, Name],
        36 => &[U16, Name],
        42 => &[AddressPrefixes],
        49 => &[Base64],
        64 | 65 => &[U16, Name, ServiceParameters],
        _ => return None,
    })
}

fn class_free(record_type: RecordType) -> Option<&'static [Field]> {
    Some(match record_type.0 {
        2..=5 | 7..=9 | 12 | 39 => &[Name],
        6 => &[Name, Name, U32, U32, U32, U32, U32],
        13 => &[Text, Text],
        14 | 17 | 58 => &[Name, Name],
        15 | 18 | 21 | 107 => &[U16, Name],
        16 | 56 | 99 | 258 | 261 | 262 => &[Texts],
        19 => &[Text],
        20 => &[Text, OptionalText],
        24 | 46 => SIGNATURE,
        25 | 48 | 57 | 60 => KEY,
        27 => &[Text, Text, Text],
        29 => &[Location],
        35 => &[U16, U16, Text, Text, Text, Name],
        37 => &[CertificateType, U16, AlgorithmName, Base64],
        43 | 59 | 32768 | 32769 => DIGEST,
        44 => &[U8, U8, Hex],
        45 => &[U8, Gateway, Base64],
        47 => &[Name, TypeBitmap],
        50 => &[U8, U8, U16, CountedHex, CountedBase32, TypeBitmap],
        51 => &[U8, U8, U16, CountedHex],
        52 | 53 => &[U8, U8, U8, Hex],
        55 => &[HostIdentity, Names],
        61 => &[Base64],
        62 => &[U32, U16, TypeBitmap],
        63 => &[U32, U8, U8, Hex],
        104 | 106 => &[U16, Locator64],
        105 => &[U16, Ipv4],
        108 => &[Eui48],
        109 => &[Eui64],
        256 => &[U16, U16, LongText],
        257 => &[U8, Tag, LongText],
        260 => &[U8, Relay],
        _ => return None,
    })
}

/// The certificate types of CERT ([RFC 4398 §2.1](https://www.rfc-editor.org/rfc/rfc4398#section-2.1)).
pub(crate) const CERTIFICATE_TYPES: &[(u16, &str)] = &[
    (1, "PKIX"),
    (2, "SPKI"),
    (3, "PGP"),
    (4, "IPKIX"),
    (5, "ISPKI"),
    (6, "IPGP"),
    (7, "ACPKIX"),
    (8, "IACPKIX"),
    (253, "URI"),
    (254, "OID"),
];

/// The algorithms of DNSSEC ([registry](https://www.iana.org/assignments/dns-sec-alg-numbers)).
pub(crate) const ALGORITHMS: &[(u16, &str)] = &[
    (1, "RSAMD5"),
    (2, "DH"),
    (3, "DSA"),
    (5, "RSASHA1"),
    (6, "NSEC3DSA"),
    (7, "NSEC3RSASHA1"),
    (8, "RSASHA256"),
    (10, "RSASHA512"),
    (12, "ECCGOST"),
    (13, "ECDSAP256SHA256"),
    (14, "ECDSAP384SHA384"),
    (15, "ED25519"),
    (16, "ED448"),
    (252, "INDIRECT"),
    (253, "PRIVATEDNS"),
    (254, "PRIVATEOID"),
];
