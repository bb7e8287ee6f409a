//! Replies with aliases: the aliases are this reply's, what they lead to may be another question's.

use hickory_proto::op::Query;
use hickory_proto::rr::Name;
use netwhy_report::dns::proof::{ResponseProof, Section, Security};
use netwhy_report::dns::trace::Asking;

use super::{message, rank};
use crate::dnssec::{ZoneKeys, judge};
use crate::trace::said::{Link, shown};
use crate::trace::walk::Walker;

impl Walker<'_> {
    /// The proof of a reply whose aliases end within it, where that end is not proven: servers leave the proof of a wildcard
    /// there to the question for that name, so it is asked. `None` where the aliases themselves are at fault.
    pub(super) async fn end_by_itself(
        &mut self,
        step: usize,
        proof: &ResponseProof,
        links: &[Link],
        end: &Name,
        keys: &ZoneKeys,
    ) -> Option<ResponseProof> {
        let aliases = of_aliases(proof, links)?;
        if rank(aliases) > rank(Security::Insecure) {
            return None;
        }
        let record_type = self.steps[step].record_type;
        let query = Query::query(end.clone(), record_type);
        let place = self.ask_again(step, Asking::Question, &query).await?;
        let flight = self.steps[step].flights.get(place)?;
        let reply = message(flight).filter(|_| flight.is_useful())?;
        let mut told = judge(reply, end, record_type, keys, self.settings.now).proof;
        self.proofs.replies.insert((step, place), told.clone());
        told.security = told.security.and(aliases);
        let of_links = proof.rrsets.iter().filter(|rrset| is_alias(rrset, links));
        told.rrsets.extend(of_links.cloned());
        Some(told)
    }
}

/// The proof of a reply that only leads elsewhere: what it says about the end is not asked of it.
pub(super) fn aliases_alone(mut proof: ResponseProof, links: &[Link]) -> ResponseProof {
    if let Some(security) = of_aliases(&proof, links) {
        proof.security = security;
        proof.reasons.clear();
        proof.denial = None;
    }
    proof
}

/// The worst of the records that make the aliases; `None` without any.
fn of_aliases(proof: &ResponseProof, links: &[Link]) -> Option<Security> {
    let rrsets = proof.rrsets.iter().filter(|rrset| is_alias(rrset, links));
    rrsets.map(|rrset| rrset.security).reduce(Security::and)
}

fn is_alias(rrset: &netwhy_report::dns::proof::RrsetProof, links: &[Link]) -> bool {
    let owner = rrset.name.escaped();
    let of_a_link = |link: &Link| shown(&link.name).escaped().eq_ignore_ascii_case(&owner);
    rrset.section == Section::Answer
        && (rrset.record_type == "DNAME"
            || (rrset.record_type == "CNAME" && links.iter().any(of_a_link)))
}
