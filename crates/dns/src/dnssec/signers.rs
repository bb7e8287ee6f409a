//! DS records against the keys that they vouch for ([RFC 4034 §5](https://www.rfc-editor.org/rfc/rfc4034#section-5)).

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use hickory_proto::dnssec::DigestType;
use hickory_proto::dnssec::rdata::DS;
use hickory_proto::rr::Name;
use netwhy_report::dns::proof::{DsOutcome, DsPair, KeyDefect};

use super::algorithm::{registered_algorithm, registered_digest};
use super::keys::Key;

/// Pairs each DS record with the keys, and collects the keys that one of them vouches for.
pub(super) fn pair(zone: &Name, signers: &[DS], keys: &[Key]) -> (Vec<DsPair>, Vec<Key>) {
    let superseded = signers.iter().any(|ds| {
        ds.algorithm().is_supported()
            && matches!(ds.digest_type(), DigestType::SHA256 | DigestType::SHA384)
    });
    let mut digests = Digests {
        zone,
        keys,
        computed: HashMap::new(),
    };
    let mut vouched = vec![false; keys.len()];
    let mut pairs = Vec::with_capacity(signers.len());
    for ds in signers {
        let outcome = if !ds.algorithm().is_supported() {
            DsOutcome::UnsupportedAlgorithm
        } else if !ds.digest_type().is_supported() {
            DsOutcome::UnsupportedDigest
        } else if superseded && ds.digest_type() == DigestType::SHA1 {
            DsOutcome::Superseded
        } else {
            let (outcome, place) = digests.find(ds);
            if let Some(vouched) = place.and_then(|place| vouched.get_mut(place)) {
                *vouched = true;
            }
            outcome
        };
        pairs.push(DsPair {
            key_tag: ds.key_tag(),
            algorithm: registered_algorithm(ds.algorithm()),
            digest_type: registered_digest(ds.digest_type()),
            digest: HEXLOWER.encode(ds.digest()),
            outcome,
        });
    }
    let matched = keys.iter().zip(vouched).filter(|(_, vouched)| *vouched);
    (pairs, matched.map(|(key, _)| key.clone()).collect())
}

/// The digests of the keys, each computed once, however many DS records name it.
struct Digests<'keys> {
    zone: &'keys Name,
    keys: &'keys [Key],
    computed: HashMap<(usize, DigestType), Vec<u8>>,
}

impl Digests<'_> {
    /// What becomes of a DS record, and the place of the key that it vouches for.
    fn find(&mut self, ds: &DS) -> (DsOutcome, Option<usize>) {
        let mut differing = None;
        for (place, key) in self.keys.iter().enumerate() {
            if key.tag != ds.key_tag() || key.algorithm() != ds.algorithm() {
                continue;
            }
            let digest = self
                .computed
                .entry((place, ds.digest_type()))
                .or_insert_with(|| {
                    key.dnskey
                        .to_digest(self.zone, ds.digest_type())
                        .map(|digest| digest.as_ref().to_vec())
                        .unwrap_or_default()
                });
            if digest.as_slice() != ds.digest() {
                differing = Some(place);
                continue;
            }
            return match &key.defect {
                None => (DsOutcome::Matches, Some(place)),
                Some(defect) => (
                    DsOutcome::UnusableKey {
                        defect: defect.clone(),
                    },
                    None,
                ),
            };
        }
        let digest = differing.and_then(|place| self.computed.get(&(place, ds.digest_type())));
        let outcome = digest.map_or(DsOutcome::NoKey, |digest| DsOutcome::DigestDiffers {
            computed: HEXLOWER.encode(digest),
        });
        (outcome, None)
    }
}

/// Whether a DS record says nothing to a validator that knows what netwhy knows. A key that the parent's digest
/// names and whose size cannot be verified counts as an unsupported algorithm does.
pub(super) fn cannot_verify(outcome: &DsOutcome) -> bool {
    match outcome {
        DsOutcome::UnsupportedAlgorithm | DsOutcome::UnsupportedDigest => true,
        DsOutcome::UnusableKey { defect } => matches!(defect, KeyDefect::UnsupportedSize { .. }),
        // Never alone: a DS record that can be verified stands beside it.
        DsOutcome::Superseded => true,
        DsOutcome::Matches | DsOutcome::NoKey | DsOutcome::DigestDiffers { .. } => false,
    }
}
