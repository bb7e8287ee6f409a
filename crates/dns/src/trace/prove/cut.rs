//! Cuts that no referral told of, because one server serves both sides: found by asking the parent for DS records of the
//! names between.

use hickory_proto::rr::{Name, RecordType};
use netwhy_report::dns::proof::{ResponseProof, Security};
use netwhy_report::dns::trace::StepPurpose;

use super::{Trust, Vouched, delegated, message};
use crate::dnssec::{ZoneKeys, judge};
use crate::trace::said::shown;
use crate::trace::walk::Walker;
use crate::trace::zone::Zone;

impl Walker<'_> {
    /// Judges the reply at `place` again with the keys of the zone that `end` really belongs to; `None` where there is no
    /// cut between.
    pub(super) async fn below_a_cut(
        &mut self,
        step: usize,
        place: usize,
        end: &Name,
        keys: &ZoneKeys,
    ) -> Option<ResponseProof> {
        let asked = &self.steps[step];
        let (name, record_type) = (asked.name.clone(), asked.record_type);
        let servers = asked.zone.servers.clone();
        let above = usize::from(record_type == RecordType::DS);
        let deepest = end.iter().count().saturating_sub(above);
        let mut keys = keys.clone();
        let mut at = step;
        let mut found = false;
        for labels in keys.zone().iter().count() + 1..=deepest {
            let child = end.trim_to(labels);
            let Some(judged) = self.ask_for_ds(at, &child, &keys).await else {
                break;
            };
            match delegated(&judged) {
                None => {}
                Some(Vouched::Not(security, reasons)) => {
                    let mut proof = self.proofs.replies.get(&(step, place))?.clone();
                    proof.security = security;
                    proof.zone = shown(&child);
                    proof.reasons = reasons;
                    return Some(proof);
                }
                Some(signed) => {
                    self.proofs.vouched.insert(child.clone(), signed);
                    let zone = Zone {
                        name: child.clone(),
                        servers: servers.clone(),
                    };
                    let purpose = StepPurpose::Cut {
                        child: shown(&child),
                    };
                    at = self
                        .ask(zone, &child, RecordType::DNSKEY, &purpose)
                        .await
                        .ok()?;
                    match self.prove_zone(at, &child).await {
                        Trust::Keys(proven) => keys = *proven,
                        Trust::Not(_) => return self.unproven_below(step, place, at),
                    }
                    found = true;
                }
            }
        }
        let reply = message(self.steps[step].flights.get(place)?)?;
        found.then(|| judge(reply, &name, record_type, &keys, self.settings.now).proof)
    }

    /// The reply's proof where the keys of its zone are not proven.
    fn unproven_below(&self, step: usize, place: usize, cut: usize) -> Option<ResponseProof> {
        let mut proof = self.proofs.replies.get(&(step, place))?.clone();
        let zone = self.proofs.steps.get(&cut)?;
        proof.security = zone.security.and(Security::Insecure);
        proof.reasons.clone_from(&zone.reasons);
        proof.zone = shown(&self.steps.get(cut)?.zone.name);
        Some(proof)
    }
}
