//! The CAA domains of certificate authorities by the organisation in their certificates, as their practice statements give them.

/// Organisation as certificates spell it (its beginning, in lower case), and the domains that let it issue.
const ISSUERS: &[(&str, &[&str])] = &[
    ("let's encrypt", &["letsencrypt.org"]),
    ("google trust services", &["pki.goog", "google.com"]),
    (
        "digicert",
        &[
            "digicert.com",
            "symantec.com",
            "thawte.com",
            "geotrust.com",
            "rapidssl.com",
            "digicert.ne.jp",
            "volusion.digitalcertvalidation.com",
            "stratossl.digitalcertvalidation.com",
            "intermediatecertificate.digitalcertvalidation.com",
            "1and1.digitalcertvalidation.com",
            "amazon.com",
            "amazontrust.com",
            "awstrust.com",
            "amazonaws.com",
        ],
    ),
    (
        "amazon",
        &[
            "amazon.com",
            "amazontrust.com",
            "awstrust.com",
            "amazonaws.com",
        ],
    ),
    (
        "sectigo",
        &[
            "sectigo.com",
            "comodo.com",
            "comodoca.com",
            "usertrust.com",
            "trust-provider.com",
            "entrust.net",
            "affirmtrust.com",
        ],
    ),
    (
        "comodo",
        &[
            "sectigo.com",
            "comodo.com",
            "comodoca.com",
            "usertrust.com",
            "trust-provider.com",
        ],
    ),
    (
        "zerossl",
        &[
            "sectigo.com",
            "comodo.com",
            "comodoca.com",
            "usertrust.com",
            "trust-provider.com",
            "zerossl.com",
        ],
    ),
    ("globalsign", &["globalsign.com"]),
    ("godaddy", &["godaddy.com", "starfieldtech.com"]),
    ("starfield", &["godaddy.com", "starfieldtech.com"]),
    (
        "entrust",
        &["entrust.net", "affirmtrust.com", "entrust.com"],
    ),
    ("buypass", &["buypass.com", "buypass.no"]),
    ("ssl corp", &["ssl.com"]),
    ("identrust", &["identrust.com"]),
    ("actalis", &["actalis.it"]),
    ("microsoft corporation", &["microsoft.com"]),
    ("apple inc", &["pki.apple.com"]),
    ("certainly", &["certainly.com"]),
    ("harica", &["harica.gr"]),
    ("hellenic academic", &["harica.gr"]),
    (
        "swisssign",
        &[
            "swisssign.com",
            "swisssign.net",
            "swissign.com",
            "swisssign.ch",
            "swisssign.li",
            "swissign.li",
            "swissign.ch",
            "swissign.net",
        ],
    ),
    (
        "quovadis",
        &[
            "quovadisglobal.com",
            "digicert.com",
            "digicert.ne.jp",
            "cybertrust.ne.jp",
            "symantec.com",
            "thawte.com",
            "geotrust.com",
            "rapidssl.com",
        ],
    ),
    (
        "d-trust",
        &["d-trust.net", "dtrust.de", "d-trust.de", "dtrust.net"],
    ),
    ("certsign", &["certsign.ro"]),
    (
        "asseco",
        &["certum.pl", "certum.eu", "yandex.ru", "www.certum.pl"],
    ),
    (
        "unizeto",
        &["certum.pl", "certum.eu", "yandex.ru", "www.certum.pl"],
    ),
];

/// The domains that let an organisation issue; `None` where it is not a known authority.
pub(crate) fn domains_of(organisation: &str) -> Option<&'static [&'static str]> {
    let organisation = organisation.to_lowercase();
    ISSUERS
        .iter()
        .find(|(begins, _)| organisation.starts_with(begins))
        .map(|(_, domains)| *domains)
}
