//! Handshakes that fail, and certificates that do not hold.

use super::{Demand, Leaf, Names, OK, Scenario, Site};

const fn certified(name: &'static str, summary: &'static str, leaf: Leaf) -> Scenario {
    Scenario::new(name, summary, Names::Normal, Site::Https(leaf, OK))
}

const fn answering(name: &'static str, summary: &'static str, site: Site) -> Scenario {
    Scenario::new(name, summary, Names::Normal, site)
}

pub(super) static SCENARIOS: &[Scenario] = &[
    answering(
        "tls-not-tls",
        "A plain HTTP server listens where https is asked for",
        Site::PlainBehindHttps,
    ),
    answering(
        "tls-starttls-needed",
        "A mail server that begins TLS only after STARTTLS",
        Site::Mail,
    ),
    answering(
        "tls-protocol-mismatch",
        "The server knows only versions that clients have dropped (alert protocol_version)",
        Site::Alert(70),
    ),
    answering(
        "tls-cipher-mismatch",
        "The server has an ECDSA key and allows only suites for RSA keys",
        Site::Demanding(Demand::RsaSuites),
    ),
    answering(
        "tls-name-unrecognized",
        "No virtual host has the name (alert unrecognized_name)",
        Site::Alert(112),
    ),
    answering(
        "tls-alpn-mismatch",
        "A message broker has the port: it takes mqtt and no HTTP",
        Site::Demanding(Demand::OtherProtocol),
    ),
    answering(
        "tls-client-certificate-required",
        "The server turns clients without a certificate away (mutual TLS)",
        Site::Demanding(Demand::ClientCertificate),
    ),
    answering(
        "tls-handshake-failed",
        "The server gives up in the handshake (alert internal_error)",
        Site::Alert(80),
    ),
    certified(
        "tls-certificate-expired",
        "The certificate expired three days ago",
        Leaf::Expired,
    ),
    certified(
        "tls-certificate-not-yet-valid",
        "The certificate is valid from tomorrow on",
        Leaf::NotYetValid,
    ),
    certified(
        "tls-certificate-expiring",
        "Nine of the certificate's ninety days are left",
        Leaf::Expiring,
    ),
    certified(
        "tls-intermediate-expired",
        "The intermediate certificate expired twelve days ago",
        Leaf::OldIntermediate,
    ),
    certified(
        "tls-chain-incomplete",
        "The server does not send the intermediate certificate",
        Leaf::WithoutIntermediate,
    ),
    certified(
        "tls-signature-invalid",
        "The CA has a new key under its old name, and the chain file mixes both",
        Leaf::OtherKey,
    ),
    certified(
        "tls-ca-constraint",
        "The certificate was issued by one that is no CA",
        Leaf::NoCa,
    ),
    certified(
        "tls-chain-rejected",
        "The certificate has a critical extension that no verifier knows",
        Leaf::UnknownExtension,
    ),
    certified(
        "tls-name-mismatch",
        "The certificate is for another name",
        Leaf::OtherName,
    ),
    certified(
        "tls-self-signed",
        "The certificate signs itself",
        Leaf::SelfSigned,
    ),
    certified(
        "tls-untrusted-issuer",
        "The chain ends at a root that is not trusted",
        Leaf::OtherRoot,
    ),
];
