//! Denial against a model: random zones, and every claim that can be made of them. What is proven must be true, with any
//! part of the zone's records; what is true must be proven with all of them.

use std::collections::{BTreeMap, BTreeSet};

use hickory_proto::dnssec::Nsec3HashAlgorithm;
use hickory_proto::dnssec::rdata::{NSEC, NSEC3};
use hickory_proto::rr::Record;
use netwhy_report::dns::proof::Section;
use proptest::prelude::*;

use super::*;
use crate::dnssec::canonical::wildcard_at;
use crate::dnssec::rrset::group;
use crate::dnssec::signed_zone::{name, record};

const ZONE: &str = "test.";
const LABELS: [&str; 4] = ["a", "b", "m", "*"];
const SALT: [u8; 2] = [1, 2];
const ITERATIONS: u16 = 3;

/// A zone's contents: owners and their types.
#[derive(Debug, Clone)]
struct Zone {
    owners: BTreeMap<Name, BTreeSet<RecordType>>,
}

impl Zone {
    /// The apex, and of `candidates` those that are not below a zone cut or DNAME.
    fn new(candidates: Vec<(Name, BTreeSet<RecordType>)>) -> Self {
        let apex = BTreeSet::from([RecordType::NS, RecordType::SOA]);
        let mut owners: BTreeMap<_, _> = candidates.into_iter().collect();
        owners.insert(name(ZONE), apex);
        let all = Self { owners };
        let kept = all
            .owners
            .iter()
            .filter(|(owner, _)| !all.is_elsewhere(owner));
        Self {
            owners: kept
                .map(|(owner, types)| (owner.clone(), types.clone()))
                .collect(),
        }
    }

    /// Whether a name lies below a zone cut or DNAME.
    fn is_elsewhere(&self, name: &Name) -> bool {
        self.owners.iter().any(|(owner, types)| {
            let cut = types.contains(&RecordType::NS) && !types.contains(&RecordType::SOA);
            owner != name && owner.zone_of(name) && (cut || types.contains(&RecordType::DNAME))
        })
    }

    fn exists(&self, name: &Name) -> bool {
        self.owners.keys().any(|owner| name.zone_of(owner))
    }

    fn closest_encloser(&self, name: &Name) -> Name {
        let labels = name.iter().count();
        let mut ancestors = (0..=labels).rev().map(|length| name.trim_to(length));
        ancestors.find(|ancestor| self.exists(ancestor)).unwrap()
    }

    fn lacks(&self, name: &Name, record_type: RecordType) -> bool {
        let Some(types) = self.owners.get(name) else {
            return true;
        };
        let cut = types.contains(&RecordType::NS) && !types.contains(&RecordType::SOA);
        !types.contains(&record_type)
            && !types.contains(&RecordType::CNAME)
            && (!cut || record_type == RecordType::DS)
    }

    fn is_true(&self, claim: Claim<'_>) -> bool {
        match claim {
            Claim::NameError(name) => {
                let wildcard = wildcard_at(&self.closest_encloser(name)).unwrap();
                !self.is_elsewhere(name) && !self.exists(name) && !self.exists(&wildcard)
            }
            Claim::NoData(name, record_type) => {
                let wildcard = wildcard_at(&self.closest_encloser(name)).unwrap();
                // The apex of the zone is the parent's to speak of where DS is asked for.
                let foreign = record_type == RecordType::DS && *name == super::tests::name(ZONE);
                !foreign
                    && !self.is_elsewhere(name)
                    && if self.exists(name) {
                        self.lacks(name, record_type)
                    } else {
                        self.exists(&wildcard) && self.lacks(&wildcard, record_type)
                    }
            }
            Claim::UnsignedCut(name) => self.owners.get(name).is_some_and(|types| {
                types.contains(&RecordType::NS)
                    && !types.contains(&RecordType::SOA)
                    && !types.contains(&RecordType::DS)
            }),
            Claim::NoCloserMatch(name, encloser) => {
                !self.is_elsewhere(name)
                    && !self.exists(name)
                    && self.closest_encloser(name) == *encloser
            }
        }
    }

    fn nsecs(&self) -> Vec<Record> {
        let owners: Vec<&Name> = self.owners.keys().collect();
        let nexts = owners.iter().cycle().skip(1);
        let records = owners.iter().zip(nexts).map(|(owner, next)| {
            let types = self.owners[*owner].iter().copied();
            let types = types.chain([RecordType::RRSIG, RecordType::NSEC]);
            let nsec = NSEC::new((*next).clone(), types);
            record(&owner.to_ascii(), RData::DNSSEC(DNSSECRData::NSEC(nsec)))
        });
        records.collect()
    }

    fn nsec3s(&self) -> Vec<Record> {
        let mut hashed = BTreeMap::new();
        for owner in self.owners.keys() {
            // Every name on the way to an owner has a record (RFC 5155 §7.1).
            for length in 1..=owner.iter().count() {
                let name = owner.trim_to(length);
                let hash = Nsec3HashAlgorithm::SHA1
                    .hash(&SALT, &name, ITERATIONS)
                    .unwrap();
                hashed.insert(hash.as_ref().to_vec(), name);
            }
        }
        let hashes: Vec<&Vec<u8>> = hashed.keys().collect();
        let nexts = hashes.iter().cycle().skip(1);
        let records = hashes.iter().zip(nexts).map(|(hash, next)| {
            let types = self.owners.get(&hashed[*hash]).into_iter().flatten();
            let nsec3 = NSEC3::new(
                Nsec3HashAlgorithm::SHA1,
                false,
                ITERATIONS,
                SALT.to_vec(),
                (*next).clone(),
                types.copied(),
            );
            let label = data_encoding::BASE32_DNSSEC.encode(hash);
            record(
                &format!("{label}.{ZONE}"),
                RData::DNSSEC(DNSSECRData::NSEC3(nsec3)),
            )
        });
        records.collect()
    }
}

fn proven(records: &[Record], claim: Claim<'_>) -> DenialProof {
    let zone = name(ZONE);
    let sets = group(Section::Authority, records);
    let verified: Vec<&RrSet<'_>> = sets.iter().collect();
    Evidence::new(&zone, &verified, Vec::new()).judge(claim, RecordType::A)
}

fn names(depth: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Name> {
    prop::collection::vec(prop::sample::select(&LABELS[..]), depth)
        .prop_map(|labels| {
            labels
                .into_iter()
                .chain(["test"])
                .collect::<Vec<_>>()
                .join(".")
        })
        .prop_map(|text| name(&text))
}

fn zones() -> impl Strategy<Value = Zone> {
    use RecordType as T;
    let types = prop::sample::select(vec![
        vec![T::A],
        vec![T::A, T::TXT],
        vec![T::CNAME],
        vec![T::NS],
        vec![T::NS, T::DS],
        vec![T::DNAME],
    ]);
    let owner = (names(1..=3), types).prop_map(|(name, types)| {
        // What NS or DNAME at a wildcard mean is left open (RFC 4592 §4).
        let ordinary = !name.is_wildcard() || matches!(types[0], T::A | T::CNAME);
        let types = if ordinary { types } else { vec![T::A] };
        (name, types.into_iter().collect())
    });
    prop::collection::vec(owner, 0..12).prop_map(Zone::new)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_proven_is_true_and_what_is_true_is_proven(
        zone in zones(),
        asked in names(0..=4),
        record_type in prop::sample::select(vec![RecordType::A, RecordType::TXT, RecordType::DS]),
        kept in prop::collection::vec(any::<bool>(), 64),
    ) {
        let mut claims = vec![
            Claim::NameError(&asked),
            Claim::NoData(&asked, record_type),
            Claim::UnsignedCut(&asked),
        ];
        // A wildcard's signature shows that its parent exists; the claim is about what lies between.
        let enclosers: Vec<Name> = (1..asked.iter().count())
            .map(|length| asked.trim_to(length))
            .filter(|encloser| zone.owners.contains_key(&wildcard_at(encloser).unwrap()))
            .collect();
        claims.extend(enclosers.iter().map(|encloser| Claim::NoCloserMatch(&asked, encloser)));
        for records in [zone.nsecs(), zone.nsec3s()] {
            for claim in &claims {
                let with_all = proven(&records, *claim);
                prop_assert_eq!(
                    with_all.kind.is_some(), zone.is_true(*claim),
                    "{:?} of {:?}: {:?}", asked, zone, with_all
                );
                let mut part = kept.iter();
                let part: Vec<Record> = records
                    .iter()
                    .filter(|_| *part.next().unwrap_or(&true))
                    .cloned()
                    .collect();
                let with_part = proven(&part, *claim);
                prop_assert!(
                    with_part.kind.is_none() || zone.is_true(*claim),
                    "{:?} of {:?}: {:?}", asked, zone, with_part
                );
                prop_assert_eq!(with_part.kind.is_none(), with_part.security == Security::Bogus);
            }
        }
    }
}
