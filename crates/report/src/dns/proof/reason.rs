//! Why DNSSEC does not prove something, with the record at fault.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Untrusted;

/// Why a verdict is not "secure".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ProofReason {
    /// Bogus: the signature is past its expiration.
    SignatureExpired {
        /// When it expired.
        #[schemars(with = "String")]
        expired_at: Timestamp,
        /// The signature.
        signature: SignatureRecord,
    },
    /// Bogus: the signature is not valid yet.
    SignatureNotYetValid {
        /// From when on it is.
        #[schemars(with = "String")]
        inception: Timestamp,
        /// The signature.
        signature: SignatureRecord,
    },
    /// Bogus: the key is right and the signature does not verify with it.
    SignatureInvalid {
        /// The signature.
        signature: SignatureRecord,
    },
    /// Bogus: the zone publishes no key with the signature's tag and algorithm.
    NoMatchingKey {
        /// The signature.
        signature: SignatureRecord,
        /// The tags of the keys that there are.
        published: Vec<u16>,
    },
    /// Bogus: the signature's key may not be used.
    UnusableKey {
        /// The signature.
        signature: SignatureRecord,
        /// What is wrong with the key.
        defect: KeyDefect,
    },
    /// Bogus: the signer is neither this zone nor one below it.
    WrongSigner {
        /// The signature.
        signature: SignatureRecord,
        /// The zone that should have signed.
        zone: Untrusted,
    },
    /// Bogus: the signature's Labels field does not fit its owner or its zone
    /// ([RFC 4035 §5.3.1](https://www.rfc-editor.org/rfc/rfc4035#section-5.3.1)).
    WrongLabels {
        /// The signature.
        signature: SignatureRecord,
        /// The labels of the owner name, root and wildcard label apart.
        owner_labels: u8,
    },
    /// Bogus: an algorithm that netwhy cannot verify, in a zone that must be signed with one that it can.
    UnsupportedAlgorithm {
        /// The signature.
        signature: SignatureRecord,
    },
    /// Bogus: no signature at all.
    NoSignature {
        /// The owner of the RRset.
        name: Untrusted,
        /// Its type.
        record_type: String,
    },
    /// Bogus: a limit on work was reached before a signature verified.
    TooManySignatures {
        /// How many signatures there are.
        signatures: usize,
        /// How many verifications are made.
        limit: usize,
    },
    /// Bogus: more keys share one tag and algorithm than are tried.
    KeyTagCollisions {
        /// The signature.
        signature: SignatureRecord,
        /// How many keys share its tag.
        keys: usize,
        /// How many are tried.
        limit: usize,
    },
    /// Bogus: the zone has DS records at its parent, and no DNSKEY record.
    NoDnskey,
    /// Bogus: no DS record matches a key of the zone.
    NoMatchingDs {
        /// Each DS record and what became of it.
        pairs: Vec<DsPair>,
    },
    /// Bogus: a DS record matches a key, and that key does not sign the DNSKEY RRset.
    KeysNotSigned {
        /// The tags of the keys that a DS record matches.
        matched: Vec<u16>,
        /// The tags that the signatures name.
        signed_by: Vec<u16>,
    },
    /// Bogus: the response needs a denial, and no NSEC or NSEC3 record is there.
    NoDenial,
    /// Bogus: a part of the denial is absent.
    DenialIncomplete {
        /// Which part.
        missing: MissingProof,
        /// The name that it would be about.
        name: Untrusted,
    },
    /// Bogus: the denial's own records say that what is denied exists.
    DenialContradicted {
        /// The name that exists.
        name: Untrusted,
        /// The type that exists there; `null`: the name alone.
        record_type: Option<String>,
        /// The owner of the record that says so.
        record: Untrusted,
    },
    /// Insecure: every DS record has an algorithm, a digest or a key that netwhy cannot verify
    /// ([RFC 6840 §5.2](https://www.rfc-editor.org/rfc/rfc6840#section-5.2)).
    UnsupportedDelegation {
        /// Each DS record and what became of it.
        pairs: Vec<DsPair>,
    },
    /// Insecure: the parent proves that the zone cut has no DS record.
    UnsignedDelegation {
        /// The child zone.
        child: Untrusted,
        /// The owner of the record that proves it.
        record: Untrusted,
    },
    /// Insecure: the name lies in an opt-out span ([RFC 5155 §6](https://www.rfc-editor.org/rfc/rfc5155#section-6)).
    OptOut {
        /// The name covered.
        name: Untrusted,
        /// The owner of the NSEC3 record.
        record: Untrusted,
    },
    /// Insecure: more NSEC3 iterations than are computed ([RFC 9276 §3.2](https://www.rfc-editor.org/rfc/rfc9276#section-3.2)).
    Nsec3IterationsTooHigh {
        /// How many.
        iterations: u16,
        /// How many are computed.
        limit: u16,
        /// The owner of the NSEC3 record.
        record: Untrusted,
    },
    /// Indeterminate: nothing vouches for the zone's keys.
    NoTrustAnchor,
    /// Indeterminate: signed by a zone below, so there is a cut in between; that zone's keys decide.
    SignedBelow {
        /// The signature.
        signature: SignatureRecord,
    },
    /// Indeterminate: unsigned, and the authority section speaks of a zone below, so there is a cut in between; whether
    /// that zone is signed is for its DS to say.
    CutPassedOver {
        /// The zone below.
        child: Untrusted,
    },
    /// Indeterminate: the records cannot be brought into the form that is signed, because a type that the codec does not
    /// know holds compressed names ([RFC 3597 §4](https://www.rfc-editor.org/rfc/rfc3597#section-4)).
    NoCanonicalForm {
        /// The owner of the RRset.
        name: Untrusted,
        /// Its type.
        record_type: String,
    },
    /// Indeterminate: the name is outside the zone; other keys decide.
    OutOfZone {
        /// The name.
        name: Untrusted,
    },
    /// Indeterminate: the server did not answer the question.
    NoAnswer {
        /// Its response code.
        rcode: u16,
    },
    /// Indeterminate: the aliases in the answer come back or are too many to follow.
    AliasesEndless {
        /// Where following stopped.
        name: Untrusted,
    },
}

/// A code point of a registry, and its mnemonic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Registered {
    /// The number.
    pub number: u8,
    /// The mnemonic, or the number again where it has none.
    pub name: String,
}

/// An RRSIG record without its signature bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignatureRecord {
    /// The owner name.
    pub owner: Untrusted,
    /// The type covered.
    pub covers: String,
    /// The zone that signed.
    pub signer: Untrusted,
    /// The tag of the key.
    pub key_tag: u16,
    /// The algorithm.
    pub algorithm: Registered,
    /// The Labels field.
    pub labels: u8,
    /// Valid from; of the times 2^32 seconds apart that the field can mean, the one nearest to the time judged for.
    #[schemars(with = "String")]
    pub inception: Timestamp,
    /// Valid until, that second included; read as the inception is.
    #[schemars(with = "String")]
    pub expiration: Timestamp,
}

/// One DS record against the keys of the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DsPair {
    /// The tag of the key that it names.
    pub key_tag: u16,
    /// The algorithm of that key.
    pub algorithm: Registered,
    /// The type of the digest.
    pub digest_type: Registered,
    /// The digest, in lower-case hex.
    pub digest: String,
    /// What became of it.
    pub outcome: DsOutcome,
}

/// What became of a DS record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum DsOutcome {
    /// A key has its digest.
    Matches,
    /// No key has its tag and algorithm.
    NoKey,
    /// A key has its tag and algorithm, and another digest.
    DigestDiffers {
        /// That key's digest, in lower-case hex.
        computed: String,
    },
    /// A key has its digest and may not be used.
    UnusableKey {
        /// Why.
        defect: KeyDefect,
    },
    /// netwhy cannot verify the algorithm.
    UnsupportedAlgorithm,
    /// netwhy cannot compute the digest.
    UnsupportedDigest,
    /// A SHA-1 digest, beside a stronger one ([RFC 4509 §3](https://www.rfc-editor.org/rfc/rfc4509#section-3)).
    Superseded,
}

/// Why a key may not verify anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "defect", rename_all = "snake_case")]
pub enum KeyDefect {
    /// The zone key flag is clear ([RFC 4034 §2.1.1](https://www.rfc-editor.org/rfc/rfc4034#section-2.1.1)).
    NotZoneKey,
    /// The revoke flag is set ([RFC 5011 §2.1](https://www.rfc-editor.org/rfc/rfc5011#section-2.1)).
    Revoked,
    /// netwhy cannot verify the algorithm.
    UnsupportedAlgorithm,
    /// netwhy cannot verify with a key of this size, or it is malformed.
    UnsupportedSize {
        /// The size in bits; `null`: malformed.
        bits: Option<u32>,
    },
}

/// The part of a denial that is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingProof {
    /// NSEC: a record that covers the name, so that it does not exist.
    Name,
    /// NSEC3: a record that matches an ancestor of the name.
    ClosestEncloser,
    /// NSEC3: a record that covers the name one label longer than the closest encloser.
    NextCloser,
    /// A record that covers or matches the wildcard at the closest encloser.
    Wildcard,
    /// A record that matches the name and lacks the type.
    NoData,
    /// A record of the parent's side that matches the zone cut and lacks DS.
    NoDs,
    /// A record that covers every closer match than the wildcard.
    NoCloserMatch,
}
