//! Which algorithms, digests and keys can be verified, and their registered names
//! ([IANA](https://www.iana.org/assignments/dns-sec-alg-numbers), [DS digests](https://www.iana.org/assignments/ds-rr-types)).

use hickory_proto::dnssec::rdata::DNSKEY;
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKey as _};
use netwhy_report::dns::proof::{KeyDefect, Registered};

/// RSA moduli that the crypto library verifies with, in bits.
const RSA_BITS: std::ops::RangeInclusive<u32> = 1024..=8192;

/// An algorithm as the report has it.
pub(super) fn registered_algorithm(algorithm: Algorithm) -> Registered {
    let number = u8::from(algorithm);
    let name = match number {
        1 => "RSAMD5",
        2 => "DH",
        3 => "DSA",
        5 => "RSASHA1",
        6 => "DSA-NSEC3-SHA1",
        7 => "RSASHA1-NSEC3-SHA1",
        8 => "RSASHA256",
        10 => "RSASHA512",
        12 => "ECC-GOST",
        13 => "ECDSAP256SHA256",
        14 => "ECDSAP384SHA384",
        15 => "ED25519",
        16 => "ED448",
        17 => "SM2SM3",
        23 => "ECC-GOST12",
        252 => "INDIRECT",
        253 => "PRIVATEDNS",
        254 => "PRIVATEOID",
        _ => return unnamed(number),
    };
    named(number, name)
}

/// A digest type as the report has it.
pub(super) fn registered_digest(digest: DigestType) -> Registered {
    let number = u8::from(digest);
    let name = match number {
        1 => "SHA-1",
        2 => "SHA-256",
        3 => "GOST R 34.11-94",
        4 => "SHA-384",
        5 => "GOST R 34.11-2012",
        6 => "SM3",
        _ => return unnamed(number),
    };
    named(number, name)
}

/// Whether the algorithm rests on SHA-1.
pub(super) fn is_sha1(algorithm: Algorithm) -> bool {
    matches!(u8::from(algorithm), 3 | 5 | 6 | 7)
}

/// The size of a key in bits, if it is well formed.
pub(super) fn key_bits(key: &DNSKEY) -> Option<u32> {
    let bytes = key.public_key().public_bytes();
    match u8::from(key.public_key().algorithm()) {
        5 | 7 | 8 | 10 => rsa_modulus_bits(bytes),
        13 => (bytes.len() == 64).then_some(256),
        14 => (bytes.len() == 96).then_some(384),
        15 => (bytes.len() == 32).then_some(256),
        16 => (bytes.len() == 57).then_some(456),
        _ => None,
    }
}

/// Why a key may not verify anything; `None` if it may.
pub(super) fn key_defect(key: &DNSKEY) -> Option<KeyDefect> {
    let algorithm = key.public_key().algorithm();
    if !key.zone_key() {
        return Some(KeyDefect::NotZoneKey);
    }
    if key.revoke() {
        return Some(KeyDefect::Revoked);
    }
    if !algorithm.is_supported() {
        return Some(KeyDefect::UnsupportedAlgorithm);
    }
    let bits = key_bits(key);
    let is_rsa = matches!(u8::from(algorithm), 5 | 7 | 8 | 10);
    match bits {
        Some(bits) if !is_rsa || RSA_BITS.contains(&bits) => None,
        _ => Some(KeyDefect::UnsupportedSize { bits }),
    }
}

/// The length of the modulus of an RSA key ([RFC 3110 §2](https://www.rfc-editor.org/rfc/rfc3110#section-2)).
fn rsa_modulus_bits(bytes: &[u8]) -> Option<u32> {
    let (exponent, rest) = match bytes {
        [0, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [length, rest @ ..] => (usize::from(*length), rest),
        [] => return None,
    };
    let modulus = rest.get(exponent..)?;
    let first = modulus.iter().position(|byte| *byte != 0)?;
    let significant = &modulus[first..];
    let bits = u32::try_from(significant.len()).ok()?.checked_mul(8)?;
    Some(bits - significant[0].leading_zeros())
}

fn named(number: u8, name: &str) -> Registered {
    Registered {
        number,
        name: name.to_owned(),
    }
}

fn unnamed(number: u8) -> Registered {
    named(number, &number.to_string())
}
