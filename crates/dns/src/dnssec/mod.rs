//! Validates DNSSEC ([RFC 4035](https://www.rfc-editor.org/rfc/rfc4035), [RFC 5155](https://www.rfc-editor.org/rfc/rfc5155))
//! and says why it fails. No I/O; the clock is an argument.
//!
//! # Order of calls
//!
//! 1. [`TrustAnchors::root`] or [`TrustAnchors::parse`]; [`TrustAnchors::enclosing`] names the zone to begin at and
//!    [`TrustAnchors::signers`] gives its DS set.
//! 2. [`zone_keys`] with the zone, that DS set and the answer to its DNSKEY question. With [`ZoneKeys`], go on; without,
//!    the proof says whether the zone is insecure (nothing below is signed by this chain) or bogus.
//! 3. [`judge`] with each response of that zone's servers: a verdict for every RRset of the answer, for a denial and for a
//!    referral.
//! 4. Where [`Judged::signers`] holds DS records, the child is signed: back to 2 with them. Where the delegation is
//!    insecure, the child is unsigned, and proven so.
//!
//! A response is judged with the keys of the zone that gave it. A server with parent and child together does not refer.
//! Where the response shows it, the verdict is indeterminate with [`SignedBelow`] or [`CutPassedOver`]; where it does not,
//! an unsigned answer is bogus by the parent's keys though a cut without DS may lie between. Who has not seen every cut
//! asks the parent for DS of the names between first, and judges those responses.
//!
//! A denial at the end of aliases that is incomplete is indeterminate, and so is a wildcard's answer there without the proof
//! that nothing matches closer: servers leave both to the question for that name.
//!
//! [`SignedBelow`]: netwhy_report::dns::proof::ProofReason::SignedBelow
//! [`CutPassedOver`]: netwhy_report::dns::proof::ProofReason::CutPassedOver
//!
//! # Layout
//!
//! | module | job |
//! |---|---|
//! | `anchors` | trust anchors, built in and from a file |
//! | `signers`, `keys` | a zone's DNSKEY RRset against its DS set |
//! | `rrset`, `canonical`, `validity`, `signature` | one RRset against a zone's keys |
//! | `nsec`, `nsec3`, `denial` | proofs of absence |
//! | `checked`, `aliases`, `cut`, `response` | a whole response |
//! | `algorithm`, `record` | what can be verified; records as the report has them |
//! | `limits` | the bounds on work |

mod algorithm;
mod aliases;
mod anchors;
mod canonical;
mod checked;
mod cut;
mod denial;
mod keys;
mod limits;
mod nsec;
mod nsec3;
mod record;
mod response;
mod rrset;
mod signature;
#[cfg(test)]
mod signed_zone;
mod signers;
mod validity;

pub use anchors::{AnchorError, TrustAnchors};
pub use keys::{ZoneKeys, ZoneKeysVerdict, zone_keys};
pub use response::{Judged, judge};
