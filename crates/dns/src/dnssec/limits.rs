//! The bounds on work, whatever a server sends: KeyTrap (CVE-2023-50387), NSEC3 (CVE-2023-50868).

/// Signatures of one RRset that are verified.
pub(super) const SIGNATURES_PER_RRSET: usize = 8;
/// Keys with the tag and algorithm of a signature that are tried for it.
pub(super) const KEYS_PER_SIGNATURE: usize = 2;
/// Verifications for one message: a chain of aliases with all proofs needs about forty.
pub(super) const VERIFICATIONS_PER_MESSAGE: usize = 64;
/// NSEC3 iterations that are computed; more count as unsigned
/// ([RFC 9276 §3.2](https://www.rfc-editor.org/rfc/rfc9276#section-3.2)).
pub(super) const NSEC3_ITERATIONS: u16 = 50;
/// Names hashed for one message: a name has at most 127 ancestors.
pub(super) const NAMES_HASHED_PER_MESSAGE: usize = 512;
/// Reasons kept for one verdict.
pub(super) const REASONS: usize = 8;
/// Key tags listed in one reason.
pub(super) const TAGS: usize = 16;
/// Aliases followed within one answer.
pub(super) const ALIASES: usize = 11;

/// What may still be spent on one message.
pub(super) struct Effort {
    verifications: usize,
}

impl Effort {
    pub(super) fn for_message() -> Self {
        Self {
            verifications: VERIFICATIONS_PER_MESSAGE,
        }
    }

    /// Takes one verification; `false` if none is left.
    pub(super) fn take(&mut self) -> bool {
        match self.verifications.checked_sub(1) {
            Some(left) => {
                self.verifications = left;
                true
            }
            None => false,
        }
    }
}
