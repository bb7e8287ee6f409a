//! The TLS session: flights, parameters, the chain as sent, and the judgement over it.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Step, Untrusted, nanos};

/// One TLS handshake and what it showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TlsRecord {
    /// The peer.
    pub peer: SocketAddr,
    /// The name sent as SNI and checked against the certificate; an address is checked, but not sent.
    pub server_name: String,
    /// The handshake. `Completed` also when the certificate is bad: judging is a step of its own.
    pub handshake: Step<Handshake>,
    /// The flights as far as they came, also on failure.
    pub flights: Vec<Flight>,
    /// The chain in the order sent; the first is the server's own.
    pub chain: Vec<Certificate>,
    /// The judgement; `null` if no certificate came.
    pub judgement: Option<ChainJudgement>,
}

/// What was negotiated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Handshake {
    /// `TLSv1.3` or `TLSv1.2`.
    pub version: String,
    /// The cipher suite by its IANA name.
    pub cipher_suite: String,
    /// The key exchange group by its IANA name.
    pub group: Option<String>,
    /// The server's signature scheme.
    pub signature_scheme: Option<String>,
    /// The protocol chosen by ALPN.
    pub alpn: Option<Untrusted>,
    /// A HelloRetryRequest cost one more round trip.
    pub retry_request: bool,
    /// Whether an OCSP staple came.
    pub stapled: bool,
    /// Whether the server asked for a client certificate.
    pub client_certificate_requested: bool,
}

/// Bytes that went one way without a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flight {
    /// Which way.
    pub direction: Direction,
    /// Offset of its first byte.
    #[serde(with = "nanos", rename = "start_ns")]
    #[schemars(with = "u64")]
    pub start: Duration,
    /// Offset of its last byte.
    #[serde(with = "nanos", rename = "end_ns")]
    #[schemars(with = "u64")]
    pub end: Duration,
    /// Its size in bytes.
    pub bytes: u64,
    /// Our own CPU time spent on it (parsing, key exchange, signatures), in nanoseconds.
    #[serde(with = "nanos", rename = "cpu_ns")]
    #[schemars(with = "u64")]
    pub cpu: Duration,
}

/// Direction of a flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From us.
    Sent,
    /// From the peer.
    Received,
}

/// A certificate as sent (or as fetched).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// Subject, RFC 4514 style.
    pub subject: Untrusted,
    /// The subject's common name, if it has one.
    pub common_name: Option<Untrusted>,
    /// Issuer, RFC 4514 style.
    pub issuer: Untrusted,
    /// The issuer's common name, if it has one.
    pub issuer_common_name: Option<Untrusted>,
    /// Serial number, lower-case hex.
    pub serial: String,
    /// Start of validity.
    #[schemars(with = "String")]
    pub not_before: Timestamp,
    /// End of validity.
    #[schemars(with = "String")]
    pub not_after: Timestamp,
    /// DNS names and addresses of the SAN extension, at most the budget's number.
    pub names: Vec<Untrusted>,
    /// How many the extension holds.
    pub names_total: usize,
    /// Public key algorithm, for instance `RSA` or `EC P-256`.
    pub key: String,
    /// Its size in bits, where that says something.
    pub key_bits: Option<u32>,
    /// Signature algorithm, for instance `sha256WithRSAEncryption`.
    pub signature_algorithm: String,
    /// basicConstraints CA flag.
    pub is_ca: bool,
    /// Issuer equals subject, and the signature verifies with its own key.
    pub self_signed: bool,
    /// SHA-256 of the DER, lower-case hex.
    pub sha256: String,
    /// caIssuers addresses of the AIA extension.
    pub aia_issuers: Vec<Untrusted>,
    /// Why the DER could not be parsed in full, if so.
    pub malformed: Option<String>,
}

/// The judgement over one chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChainJudgement {
    /// The time judged for.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The verdict of each trust store; the first one decides.
    pub stores: Vec<StoreVerdict>,
    /// Whether the certificate covers the name.
    pub name: NameVerdict,
    /// What our own walk found wrong, the root cause first.
    pub faults: Vec<ChainFault>,
    /// The path walked from the leaf towards a root: subjects, and where each was found.
    pub path: Vec<PathLink>,
    /// The attempt to complete a missing intermediate; `null` if nothing is missing or it was not asked for.
    pub aia: Option<AiaCompletion>,
}

impl ChainJudgement {
    /// Whether the deciding store accepts the chain as sent, and the name matches.
    #[must_use]
    pub fn verified(&self) -> bool {
        self.name == NameVerdict::Matches
            && self
                .stores
                .first()
                .is_some_and(|store| store.error.is_none())
    }
}

/// A trust store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// The file given with `--roots`.
    Custom,
    /// This system's store.
    System,
    /// Mozilla's, built in.
    Mozilla,
}

impl StoreKind {
    /// The name that people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Custom => "the given roots",
            Self::System => "the system's store",
            Self::Mozilla => "Mozilla's store",
        }
    }
}

/// What webpki says with one store, for the chain exactly as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreVerdict {
    /// Which store.
    pub store: StoreKind,
    /// How many roots it holds.
    pub roots: usize,
    /// Why it rejects the chain; `null`: it accepts.
    pub error: Option<String>,
    /// Whether it accepts once the fetched intermediates are added; `null`: nothing was fetched.
    pub with_fetched: Option<bool>,
}

/// Whether the leaf covers the name asked for ([RFC 9525](https://www.rfc-editor.org/rfc/rfc9525)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum NameVerdict {
    /// It does.
    Matches,
    /// It does not.
    Mismatch {
        /// The nearest name that it covers.
        nearest: Option<Untrusted>,
        /// Why that one does not match, in words.
        reason: String,
    },
}

/// One fault on the path from the leaf, by our own walk. `index` counts certificates as sent, from 0;
/// for one that was not sent it is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum ChainFault {
    /// Past its end of validity.
    Expired {
        /// Position as sent.
        index: Option<usize>,
        /// Its subject.
        subject: Untrusted,
        /// When it ended.
        #[schemars(with = "String")]
        not_after: Timestamp,
    },
    /// Before its start of validity.
    NotYetValid {
        /// Position as sent.
        index: Option<usize>,
        /// Its subject.
        subject: Untrusted,
        /// When it starts.
        #[schemars(with = "String")]
        not_before: Timestamp,
    },
    /// Nobody sent or known signed this certificate: its issuer is missing.
    IssuerMissing {
        /// Position of the certificate whose issuer is missing.
        index: Option<usize>,
        /// Its subject.
        subject: Untrusted,
        /// The issuer that is missing.
        issuer: Untrusted,
    },
    /// The leaf signs itself and no store holds it.
    SelfSigned {
        /// Its subject.
        subject: Untrusted,
    },
    /// The path ends at a root that the deciding store does not hold.
    UntrustedRoot {
        /// Position as sent.
        index: Option<usize>,
        /// The root's subject.
        subject: Untrusted,
    },
    /// A certificate that issued another is not allowed to (CA flag, key usage, path length, name constraints, EKU).
    ConstraintViolated {
        /// Position as sent.
        index: Option<usize>,
        /// Its subject.
        subject: Untrusted,
        /// Which rule, in words.
        rule: String,
    },
    /// The signature does not verify with the named issuer's key.
    SignatureInvalid {
        /// Position of the certificate whose signature is bad.
        index: Option<usize>,
        /// Its subject.
        subject: Untrusted,
        /// The issuer whose key was tried.
        issuer: Untrusted,
    },
    /// A certificate that cannot be parsed.
    Malformed {
        /// Position as sent.
        index: Option<usize>,
        /// What the parser said.
        reason: String,
    },
}

/// One certificate of the path walked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PathLink {
    /// Its subject.
    pub subject: Untrusted,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Its end of validity.
    #[schemars(with = "String")]
    pub not_after: Timestamp,
    /// Where it was found.
    pub found: FoundIn,
}

/// Where a certificate of the path was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum FoundIn {
    /// The server sent it.
    Sent {
        /// Position as sent.
        index: usize,
    },
    /// Fetched from an AIA address.
    Fetched,
    /// A root of a trust store.
    Store {
        /// Which one.
        store: StoreKind,
    },
}

/// The attempt to fetch missing intermediates ([RFC 5280 §4.2.2.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.2.1)).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AiaCompletion {
    /// Each fetch.
    pub fetches: Vec<AiaFetch>,
    /// Whether the path reaches a root of the deciding store with what was fetched.
    pub completes: bool,
}

/// One fetch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AiaFetch {
    /// The address in the certificate.
    pub url: Untrusted,
    /// The form that the certificate came in; `null`: none came.
    pub form: Option<FetchedForm>,
    /// What it gave.
    pub step: Step<Certificate>,
}

/// The form in which a server publishes certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FetchedForm {
    /// One certificate in DER.
    Der,
    /// A certs-only message in CMS (PKCS#7, `.p7c`).
    Cms,
    /// Certificates in PEM.
    Pem,
    /// A certs-only message in PEM.
    PemCms,
}
