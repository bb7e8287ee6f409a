//! The registered names of response codes and extended errors
//! ([IANA DNS parameters](https://www.iana.org/assignments/dns-parameters)).

/// The mnemonic of a response code, extended ones included.
pub(crate) fn rcode_name(code: u16) -> String {
    let name = match code {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        6 => "YXDOMAIN",
        7 => "YXRRSET",
        8 => "NXRRSET",
        9 => "NOTAUTH",
        10 => "NOTZONE",
        11 => "DSOTYPENI",
        16 => "BADVERS",
        17 => "BADKEY",
        18 => "BADTIME",
        19 => "BADMODE",
        20 => "BADNAME",
        21 => "BADALG",
        22 => "BADTRUNC",
        23 => "BADCOOKIE",
        _ => return format!("RCODE{code}"),
    };
    name.to_owned()
}

/// The registered meanings of extended errors, by info code ([RFC 8914 §5.2](https://www.rfc-editor.org/rfc/rfc8914#section-5.2) and
/// the [registry](https://www.iana.org/assignments/dns-parameters#extended-dns-error-codes) that it opened).
const EXTENDED_ERRORS: [&str; 36] = [
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
    "Rate Limited",
    "Over Quota",
    "Negative Trust Anchor",
    "New Delegation Only",
    "Blocked by Upstream DNS Server",
];

/// The meaning of an extended error's info code.
pub(crate) fn extended_error_meaning(code: u16) -> &'static str {
    match EXTENDED_ERRORS.get(usize::from(code)) {
        Some(meaning) => meaning,
        None if code >= 49152 => "Private Use",
        None => "Unassigned",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_extended_error_has_the_meaning_of_its_place_in_the_registry() {
        for (code, meaning) in [
            (0, "Other Error"),
            (3, "Stale Answer"),
            (6, "DNSSEC Bogus"),
            (7, "Signature Expired"),
            (9, "DNSKEY Missing"),
            (12, "NSEC Missing"),
            (15, "Blocked"),
            (18, "Prohibited"),
            (22, "No Reachable Authority"),
            (24, "Invalid Data"),
            (25, "Signature Expired before Valid"),
            (27, "Unsupported NSEC3 Iterations Value"),
            (30, "Invalid Query Type"),
            (31, "Rate Limited"),
            (33, "Negative Trust Anchor"),
            (35, "Blocked by Upstream DNS Server"),
        ] {
            assert_eq!(extended_error_meaning(code), meaning, "{code}");
        }
    }

    #[test]
    fn codes_without_a_registration_are_told_from_private_ones() {
        assert_eq!(extended_error_meaning(36), "Unassigned");
        assert_eq!(extended_error_meaning(49_151), "Unassigned");
        assert_eq!(extended_error_meaning(49_152), "Private Use");
        assert_eq!(extended_error_meaning(u16::MAX), "Private Use");
    }
}
