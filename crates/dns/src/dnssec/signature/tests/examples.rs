//! The signed examples of the RFCs that define algorithms.

use data_encoding::BASE64;
use hickory_proto::dnssec::rdata::DNSKEY;
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::{Algorithm, PublicKeyBuf};
use hickory_proto::rr::rdata::MX;
use hickory_proto::rr::{RData, Record};
use netwhy_report::dns::proof::KeyDefect;

use super::*;

struct Example<'text> {
    zone: &'text str,
    flags: u16,
    algorithm: Algorithm,
    key: &'text str,
    tag: u16,
    record: Record,
    labels: u8,
    times: (u32, u32),
    signature: &'text str,
}

impl Example<'_> {
    fn check(&self, now: i64) -> Result<(Option<Name>, u32), Vec<ProofReason>> {
        let material = BASE64.decode(self.key.as_bytes()).unwrap();
        let dnskey = DNSKEY::with_flags(self.flags, PublicKeyBuf::new(material, self.algorithm));
        assert_eq!(dnskey.calculate_key_tag().unwrap(), self.tag);
        let mut record = self.record.clone();
        record.ttl = 3600;
        let input = SigInput {
            type_covered: record.record_type(),
            algorithm: self.algorithm,
            num_labels: self.labels,
            original_ttl: 3600,
            sig_inception: self.times.0.into(),
            sig_expiration: self.times.1.into(),
            key_tag: self.tag,
            signer_name: name(self.zone),
        };
        let bytes = BASE64.decode(self.signature.as_bytes()).unwrap();
        let signature = rrsig_record(record.name.clone(), 3600, input, bytes);
        check_with(
            &[record, signature],
            &name(self.zone),
            &[key(&dnskey)],
            at(now),
        )
    }
}

/// [RFC 6605 §6.1](https://www.rfc-editor.org/rfc/rfc6605#section-6.1)
#[test]
fn the_example_of_ecdsa_p256_verifies() {
    let example = Example {
        zone: "example.net.",
        flags: 257,
        algorithm: Algorithm::ECDSAP256SHA256,
        key: "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
        tag: 55648,
        record: a("www.example.net.", 1),
        labels: 3,
        times: (1_281_607_479, 1_284_026_679),
        signature: "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==",
    };
    assert_eq!(example.check(1_283_000_000).unwrap(), (None, 3600));
    assert!(matches!(
        example.check(1_284_026_680).unwrap_err()[..],
        [ProofReason::SignatureExpired { .. }]
    ));
}

/// [RFC 6605 §6.2](https://www.rfc-editor.org/rfc/rfc6605#section-6.2)
#[test]
fn the_example_of_ecdsa_p384_verifies() {
    let example = Example {
        zone: "example.net.",
        flags: 257,
        algorithm: Algorithm::ECDSAP384SHA384,
        key: "xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
        tag: 10771,
        record: a("www.example.net.", 1),
        labels: 3,
        times: (1_281_608_425, 1_284_027_625),
        signature: "/L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm",
    };
    assert!(example.check(1_283_000_000).is_ok());
}

/// [RFC 8080 §6.1](https://www.rfc-editor.org/rfc/rfc8080#section-6.1), with
/// [erratum 4935](https://www.rfc-editor.org/errata/eid4935)
#[test]
fn the_example_of_ed25519_verifies() {
    let mut example = Example {
        zone: "example.com.",
        flags: 257,
        algorithm: Algorithm::ED25519,
        key: "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
        tag: 3613,
        record: record(
            "example.com.",
            RData::MX(MX::new(10, name("mail.example.com."))),
        ),
        labels: 2,
        times: (1_438_207_200, 1_440_021_600),
        signature: "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==",
    };
    assert!(example.check(1_439_000_000).is_ok());
    // Case does not matter, neither in the owner nor in a name of RFC 4034 §6.2's list.
    example.record = record(
        "Example.COM.",
        RData::MX(MX::new(10, name("MAIL.example.com."))),
    );
    assert!(example.check(1_439_000_000).is_ok());
    example.record = record(
        "example.com.",
        RData::MX(MX::new(11, name("mail.example.com."))),
    );
    assert!(matches!(
        example.check(1_439_000_000).unwrap_err()[..],
        [ProofReason::SignatureInvalid { .. }]
    ));
}

/// [RFC 5702 §6.2](https://www.rfc-editor.org/rfc/rfc5702#section-6.2)
#[test]
fn the_example_of_rsa_sha512_verifies() {
    let mut example = Example {
        zone: "example.net.",
        flags: 256,
        algorithm: Algorithm::RSASHA512,
        key: "AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL",
        tag: 3740,
        record: a("www.example.net.", 91),
        labels: 3,
        times: (946_684_800, 1_893_456_000),
        signature: "tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=",
    };
    assert!(example.check(NOW).is_ok());
    example.flags = 0;
    example.tag -= 256;
    assert!(matches!(
        example.check(NOW).unwrap_err()[..],
        [ProofReason::UnusableKey {
            defect: KeyDefect::NotZoneKey,
            ..
        }]
    ));
}
