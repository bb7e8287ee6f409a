//! What DNSSEC proves about a walk as a whole: the worst of its deciding replies, and the first fault on the way.

use netwhy_report::dns::proof::{ProofReason, ResponseProof, Security};
use netwhy_report::dns::trace::{StepProof, TraceEnd, TraceSecurity};

use crate::trace::said::shown;
use crate::trace::walk::{Walked, Walker};

impl Walker<'_> {
    /// The verdict over `steps`, those on the way to the answer.
    pub(super) fn whole(&self, steps: &[usize], walked: &Walked) -> TraceSecurity {
        let proofs = || {
            steps
                .iter()
                .filter_map(|step| Some((*step, self.proofs.steps.get(step)?)))
        };
        let decided = matches!(
            walked.end,
            TraceEnd::Answer
                | TraceEnd::NoData { .. }
                | TraceEnd::NameError { .. }
                | TraceEnd::AliasLoop { .. }
        );
        let deciding = proofs().filter(|(step, _)| walked.decisive.contains(step));
        let mut security = deciding
            .map(|(_, proof)| of_step(proof))
            .reduce(Security::and)
            .unwrap_or(Security::Indeterminate);
        if !decided {
            security = security.and(Security::Indeterminate);
        }
        if proofs().any(|(_, proof)| proof.security == Security::Bogus) {
            security = Security::Bogus;
        }
        if security == Security::Secure {
            return TraceSecurity {
                security,
                zone: None,
                reason: None,
            };
        }
        let fault = proofs().find_map(|(step, proof)| {
            let zone = shown(&self.steps[step].zone.name);
            if proof.security == security && !proof.reasons.is_empty() {
                return Some((zone, proof.reasons.first().cloned()));
            }
            let response = proof.response.as_ref()?;
            let counts = walked.decisive.contains(&step) && response.security == security;
            counts.then(|| (response.zone.clone(), reason(response)))
        });
        let (zone, reason) = fault.map_or((None, None), |(zone, reason)| (Some(zone), reason));
        TraceSecurity {
            security,
            zone,
            reason: reason.map(Box::new),
        }
    }
}

/// What a deciding step is worth: its reply, where the zone's keys are proven.
fn of_step(proof: &StepProof) -> Security {
    match (&proof.response, proof.security) {
        (Some(response), Security::Secure) => response.security,
        (None, Security::Secure) => Security::Indeterminate,
        (_, security) => security,
    }
}

/// The decisive reason against a reply.
fn reason(response: &ResponseProof) -> Option<ProofReason> {
    let parts = response
        .rrsets
        .iter()
        .map(|rrset| (rrset.security, &rrset.reasons))
        .chain(
            response
                .denial
                .iter()
                .map(|denial| (denial.security, &denial.reasons)),
        )
        .chain(
            response
                .delegation
                .iter()
                .map(|cut| (cut.security, &cut.reasons)),
        );
    let told = parts
        .filter(|(security, _)| *security == response.security)
        .find_map(|(_, reasons)| reasons.first());
    response.reasons.first().or(told).cloned()
}
