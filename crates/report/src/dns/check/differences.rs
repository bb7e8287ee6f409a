//! What the servers of a checked zone do not agree about: serials, and record sets at the apex.

use super::{CheckRecord, records_of};

/// The record sets that are held side by side. SOA has its serial; the rest of an apex is asked of one server only.
const TYPES: [&str; 6] = ["NS", "A", "AAAA", "MX", "TXT", "DNSKEY"];

impl CheckRecord {
    /// The types at the apex whose record sets differ between the servers that speak for the zone.
    #[must_use]
    pub fn differing_types(&self) -> Vec<&'static str> {
        let differs = |kind: &&'static str| {
            let mut sets = self.apex_sets(kind);
            let first = sets.next();
            sets.any(|set| Some(set) != first)
        };
        TYPES.into_iter().filter(differs).collect()
    }

    /// Whether they have different serials.
    #[must_use]
    pub fn serials_differ(&self) -> bool {
        let mut serials = self
            .serving()
            .filter_map(|address| Some(address.soa(&self.zone)?.serial));
        let first = serials.next();
        serials.any(|serial| Some(serial) != first)
    }

    /// The data of one record set at each server, sorted; names compare whatever their case.
    fn apex_sets<'run>(&'run self, kind: &'run str) -> impl Iterator<Item = Vec<Vec<u8>>> + 'run {
        self.serving().filter_map(move |address| {
            let reply = address.apex(kind)?.reply();
            let reply = reply.filter(|reply| reply.flags.authoritative && reply.rcode == 0)?;
            let fold = kind != "TXT" && kind != "DNSKEY";
            let data = records_of(reply, &self.zone, kind).map(|one| match fold {
                true => one.data.raw().to_ascii_lowercase(),
                false => one.data.raw().to_vec(),
            });
            let mut set: Vec<Vec<u8>> = data.collect();
            set.sort_unstable();
            Some(set)
        })
    }
}
