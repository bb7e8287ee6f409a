//! The records of a message as RRsets, each with the signatures that cover it.

use std::collections::HashMap;

use hickory_proto::dnssec::rdata::{DNSSECRData, RRSIG};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use netwhy_report::dns::proof::Section;

/// Records of one owner, class IN and type, in the order sent.
pub(super) struct RrSet<'message> {
    pub(super) name: &'message Name,
    pub(super) record_type: RecordType,
    pub(super) section: Section,
    pub(super) records: Vec<&'message Record>,
    pub(super) signatures: Vec<&'message RRSIG>,
}

/// Groups the records of one section. Signatures without records of theirs are left out.
pub(super) fn group(section: Section, records: &[Record]) -> Vec<RrSet<'_>> {
    let mut sets: Vec<RrSet<'_>> = Vec::new();
    let mut places: HashMap<(Name, RecordType), usize> = HashMap::new();
    for record in of_the_internet(records) {
        let record_type = record.record_type();
        if matches!(record_type, RecordType::RRSIG | RecordType::OPT) {
            continue;
        }
        let place = *places
            .entry((record.name.to_lowercase(), record_type))
            .or_insert(sets.len());
        match sets.get_mut(place) {
            Some(set) => set.records.push(record),
            None => sets.push(RrSet {
                name: &record.name,
                record_type,
                section,
                records: vec![record],
                signatures: Vec::new(),
            }),
        }
    }
    for record in of_the_internet(records) {
        let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data else {
            continue;
        };
        let key = (record.name.to_lowercase(), signature.input().type_covered);
        if let Some(set) = places.get(&key).and_then(|place| sets.get_mut(*place)) {
            set.signatures.push(signature);
        }
    }
    sets
}

fn of_the_internet(records: &[Record]) -> impl Iterator<Item = &Record> {
    records
        .iter()
        .filter(|record| record.dns_class == DNSClass::IN)
}
