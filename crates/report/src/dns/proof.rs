//! What DNSSEC proves about an answer or a delegation, and which record is at fault where it proves nothing
//! ([RFC 4035](https://www.rfc-editor.org/rfc/rfc4035)).

mod reason;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::reason::{
    DsOutcome, DsPair, KeyDefect, MissingProof, ProofReason, Registered, SignatureRecord,
};
use crate::Untrusted;

/// The four outcomes of validation ([RFC 4033 §5](https://www.rfc-editor.org/rfc/rfc4033#section-5)).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// A chain of signatures from the trust anchor covers it.
    Secure,
    /// A proof says that this part of the tree is not signed.
    Insecure,
    /// It should be signed and proven, and is not.
    Bogus,
    /// Not enough was seen to tell.
    Indeterminate,
}

impl Security {
    /// The outcome of a whole with two parts: bogus spoils all, then what is unknown, then what is unsigned.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let rank = |security| match security {
            Self::Secure => 0,
            Self::Insecure => 1,
            Self::Indeterminate => 2,
            Self::Bogus => 3,
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

/// The verdict over the keys of one zone: its DNSKEY RRset against the parent's DS RRset or a trust anchor
/// ([RFC 4035 §5.2](https://www.rfc-editor.org/rfc/rfc4035#section-5.2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneKeysProof {
    /// The zone.
    pub zone: Untrusted,
    /// The outcome.
    pub security: Security,
    /// Why it is not secure, the decisive reason first; empty where it is.
    pub reasons: Vec<ProofReason>,
    /// Each DS record, and the key that it matches or fails to match.
    pub delegation: Vec<DsPair>,
    /// The keys that the zone publishes.
    pub keys: Vec<ZoneKeyRecord>,
    /// The signature that proves the DNSKEY RRset; `null` where none does.
    pub signature: Option<SignatureRecord>,
    /// What is weak, though it may validate.
    pub weaknesses: Vec<Weakness>,
}

/// One DNSKEY record, without its key material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneKeyRecord {
    /// The key tag ([RFC 4034 appendix B](https://www.rfc-editor.org/rfc/rfc4034#appendix-B)).
    pub key_tag: u16,
    /// The flags field as sent.
    pub flags: u16,
    /// Whether the secure entry point flag is set, which says "key signing key" by custom.
    pub secure_entry_point: bool,
    /// The algorithm.
    pub algorithm: Registered,
    /// The size of the key in bits: the modulus of RSA, the field of a curve; `null` where it is not known.
    pub bits: Option<u32>,
    /// Why it may not verify anything; `null` where it may.
    pub defect: Option<KeyDefect>,
}

/// The verdict over one response of one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseProof {
    /// The zone whose keys were used.
    pub zone: Untrusted,
    /// The worst of the parts; `indeterminate` where there was nothing to judge.
    pub security: Security,
    /// Why the end of the answer could not be judged with these keys; empty where the parts below say all.
    pub reasons: Vec<ProofReason>,
    /// The RRsets of the answer, then those of the authority section that belong to a proof.
    pub rrsets: Vec<RrsetProof>,
    /// What denies the data at the end of the answer; `null` where the data or a referral is there.
    pub denial: Option<DenialProof>,
    /// What the response says about a zone cut; `null` where it does not refer and no DS was asked for.
    pub delegation: Option<DelegationProof>,
    /// What is weak, though it may validate.
    pub weaknesses: Vec<Weakness>,
}

/// The verdict over one RRset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RrsetProof {
    /// The owner name, absolute.
    pub name: Untrusted,
    /// The type's mnemonic, or `TYPEnnn`.
    pub record_type: String,
    /// Where it was found.
    pub section: Section,
    /// The outcome.
    pub security: Security,
    /// Why it is not secure, the decisive reason first; empty where it is.
    pub reasons: Vec<ProofReason>,
    /// The signature that proves it; `null` where none does, and for a CNAME that follows from a signed DNAME.
    pub signature: Option<SignatureRecord>,
    /// The wildcard that it was expanded from; `null` where it was not.
    pub wildcard: Option<Untrusted>,
    /// Seconds that it may be kept: the least of its TTL, the signed one and the time to the signature's expiration
    /// ([RFC 4035 §5.3.3](https://www.rfc-editor.org/rfc/rfc4035#section-5.3.3)); `null` where no signature proves it.
    pub ttl: Option<u32>,
}

/// A section of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The answer.
    Answer,
    /// The authority section.
    Authority,
}

/// The verdict over the absence of a name or type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DenialProof {
    /// The name that is denied, or at which the type is.
    pub name: Untrusted,
    /// The type asked for.
    pub record_type: String,
    /// What is proven; `null` where the proof fails.
    pub kind: Option<DenialKind>,
    /// The outcome.
    pub security: Security,
    /// Why it is not secure, the decisive reason first; empty where it is.
    pub reasons: Vec<ProofReason>,
    /// With which records; `null` where there are none.
    pub mechanism: Option<DenialMechanism>,
    /// The owners of the records that the proof rests on.
    pub records: Vec<Untrusted>,
    /// The longest existing ancestor of the name, where the proof shows it.
    pub closest_encloser: Option<Untrusted>,
}

/// What a denial says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DenialKind {
    /// The name does not exist, nor a wildcard for it.
    NameError,
    /// The name exists without this type.
    NoData,
    /// A wildcard matches the name, without this type.
    WildcardNoData,
    /// The name is a zone cut without DS.
    UnsignedDelegation,
    /// An opt-out span covers the name: unsigned delegations may exist there ([RFC 5155 §6](https://www.rfc-editor.org/rfc/rfc5155#section-6)).
    OptOut,
}

/// The two kinds of records that deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DenialMechanism {
    /// Names in the clear ([RFC 4034 §4](https://www.rfc-editor.org/rfc/rfc4034#section-4)).
    Nsec,
    /// Hashed names ([RFC 5155](https://www.rfc-editor.org/rfc/rfc5155)).
    Nsec3,
}

/// The verdict over a zone cut, from the parent's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DelegationProof {
    /// The child zone.
    pub child: Untrusted,
    /// Secure: a signed DS RRset is there. Insecure: its absence is proven.
    pub security: Security,
    /// Why it is not secure, the decisive reason first; empty where it is.
    pub reasons: Vec<ProofReason>,
}

/// What is cryptographically weak, whether it validates or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "weakness", rename_all = "snake_case")]
pub enum Weakness {
    /// A key or signature with SHA-1 ([RFC 9905](https://www.rfc-editor.org/rfc/rfc9905)).
    Sha1Signature {
        /// The zone that signs so.
        zone: Untrusted,
        /// The algorithm.
        algorithm: Registered,
    },
    /// A DS record with a SHA-1 digest ([RFC 8624 §3.3](https://www.rfc-editor.org/rfc/rfc8624#section-3.3)).
    Sha1Digest {
        /// The child zone.
        zone: Untrusted,
        /// The key tag in the record.
        key_tag: u16,
    },
    /// NSEC3 with extra iterations ([RFC 9276 §3.1](https://www.rfc-editor.org/rfc/rfc9276#section-3.1)).
    Nsec3Iterations {
        /// The zone.
        zone: Untrusted,
        /// How many.
        iterations: u16,
    },
}

#[cfg(test)]
mod tests;
