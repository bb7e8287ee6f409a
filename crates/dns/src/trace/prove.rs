//! The chain of keys along a walk: each zone's keys by the parent's DS, each reply by the zone's keys. A fault does not end
//! it: what lies above is proven still, so that the first fault can be named.

mod alias;
mod cut;
mod whole;

use std::collections::HashMap;

use hickory_proto::dnssec::rdata::DS;
use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::dns::proof::{ProofReason, ResponseProof, Security};
use netwhy_report::dns::trace::{Asking, LameReason, StepProof, StepPurpose, TraceSecurity};

use super::flights::{Arrival, Flight};
use super::said::Next;
use super::walk::{Walked, Walker};
use crate::dnssec::{Judged, ZoneKeys, ZoneKeysVerdict, judge, zone_keys};

/// What was proven so far.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    zones: HashMap<Name, Trust>,
    vouched: HashMap<Name, Vouched>,
    /// By step.
    pub(super) steps: HashMap<usize, StepProof>,
    /// By step and place in it.
    pub(super) replies: HashMap<(usize, usize), ResponseProof>,
}

/// What a zone's keys are worth.
#[derive(Debug, Clone)]
enum Trust {
    Keys(Box<ZoneKeys>),
    Not(Security),
}

/// What the parent, or an anchor, says about a zone.
#[derive(Debug, Clone)]
enum Vouched {
    Signed(Vec<DS>),
    Not(Security, Vec<ProofReason>),
}

impl Walker<'_> {
    /// Proves the steps towards the answer, in order; `None` where DNSSEC was not asked for.
    pub(super) async fn prove(&mut self, walked: &Walked) -> Option<TraceSecurity> {
        if !self.settings.dnssec {
            return None;
        }
        let on_the_way = |step: &usize| self.steps[*step].purpose == StepPurpose::Answer;
        let steps: Vec<usize> = (0..self.steps.len()).filter(on_the_way).collect();
        for step in &steps {
            self.prove_step(*step).await;
        }
        Some(self.whole(&steps, walked))
    }

    async fn prove_step(&mut self, step: usize) {
        let zone = self.steps[step].zone.name.clone();
        let trust = match self.proofs.zones.get(&zone) {
            Some(known) => {
                let known = known.clone();
                let seen = |(other, proof): (&usize, &StepProof)| {
                    (self.steps[*other].zone.name == zone).then(|| proof.clone())
                };
                if let Some(mut proof) = self.proofs.steps.iter().find_map(seen) {
                    proof.response = None;
                    self.proofs.steps.insert(step, proof);
                }
                known
            }
            None => self.prove_zone(step, &zone).await,
        };
        match trust {
            Trust::Keys(keys) => self.judge_step(step, &keys).await,
            Trust::Not(security) => self.inherit(step, security),
        }
    }

    /// Below a zone that is not secure nothing is, unless an anchor says so.
    fn inherit(&mut self, step: usize, security: Security) {
        if let Some(Next::Referral(referral)) =
            self.steps[step].reading().map(|reading| &reading.next)
        {
            let child = referral.child.clone();
            self.proofs
                .vouched
                .insert(child, Vouched::Not(security, Vec::new()));
        }
    }

    async fn prove_zone(&mut self, step: usize, zone: &Name) -> Trust {
        let anchors = self.settings.anchors.as_ref();
        let anchored = anchors
            .map(|anchors| anchors.signers(zone))
            .unwrap_or_default();
        let vouched = match (anchored.is_empty(), self.proofs.vouched.get(zone)) {
            (false, _) => Vouched::Signed(anchored),
            (true, Some(vouched)) => vouched.clone(),
            (true, None) => Vouched::Not(Security::Indeterminate, vec![ProofReason::NoTrustAnchor]),
        };
        let (proof, trust) = match vouched {
            Vouched::Not(security, reasons) => (unproven(security, reasons), Trust::Not(security)),
            Vouched::Signed(signers) => self.prove_keys(step, zone, &signers).await,
        };
        self.proofs.steps.insert(step, proof);
        self.proofs.zones.insert(zone.clone(), trust.clone());
        trust
    }

    async fn prove_keys(&mut self, step: usize, zone: &Name, signers: &[DS]) -> (StepProof, Trust) {
        if !self.keys_arrived(zone).await {
            let query = Query::query(zone.clone(), RecordType::DNSKEY);
            self.ask_again(step, Asking::Keys, &query).await;
        }
        let now = self.settings.now;
        let replies = self.key_replies(zone).filter_map(message);
        let verdicts = replies.map(|reply| zone_keys(zone, signers, &reply.answers, now));
        let Some(ZoneKeysVerdict { proof, keys }) = verdicts.reduce(better) else {
            let reasons = self.why_no_keys(zone);
            let security = Security::Indeterminate;
            return (unproven(security, reasons), Trust::Not(security));
        };
        let trust = match keys {
            Some(keys) => Trust::Keys(Box::new(keys)),
            None => Trust::Not(proof.security),
        };
        let step_proof = StepProof {
            security: proof.security,
            reasons: proof.reasons.clone(),
            keys: Some(Box::new(proof)),
            response: None,
        };
        (step_proof, trust)
    }

    /// Waits for the zone's keys; whether any came.
    async fn keys_arrived(&mut self, zone: &Name) -> bool {
        loop {
            if self.key_replies(zone).next().is_some() {
                return true;
            }
            let steps = self.steps.iter().filter(|step| step.zone.name == *zone);
            let under_way = steps
                .flat_map(|step| step.of(Asking::Keys))
                .any(|(_, flight)| flight.exchange.is_none());
            if !under_way || !self.take_in().await {
                return false;
            }
        }
    }

    /// Takes in one reply; `false` where there is none to wait for.
    async fn take_in(&mut self) -> bool {
        match self.flights.arrival(None).await {
            Arrival::Landed(ticket, exchange) => self.land(ticket, exchange),
            Arrival::Late => {}
            Arrival::Idle | Arrival::Stopped => return false,
        }
        true
    }

    /// Useful replies with the zone's keys.
    fn key_replies(&self, zone: &Name) -> impl Iterator<Item = &Flight> {
        let steps = self
            .steps
            .iter()
            .filter(move |step| step.zone.name == *zone);
        steps.flat_map(|step| &step.flights).filter(move |flight| {
            let query = &flight.query;
            query.query_type == RecordType::DNSKEY && query.name == *zone && flight.is_useful()
        })
    }

    fn why_no_keys(&self, zone: &Name) -> Vec<ProofReason> {
        let steps = self.steps.iter().filter(|step| step.zone.name == *zone);
        let mut readings = steps
            .flat_map(|step| step.of(Asking::Keys))
            .filter_map(|(_, flight)| flight.reading.as_ref());
        let code = readings.find_map(|reading| match &reading.next {
            Next::Lame(LameReason::Code { rcode, .. }) => Some(*rcode),
            _ => None,
        });
        code.map(|rcode| ProofReason::NoAnswer { rcode })
            .into_iter()
            .collect()
    }

    /// Asks the server that was followed once more, and waits for its reply; gives the flight's place.
    async fn ask_again(&mut self, step: usize, asking: Asking, query: &Query) -> Option<usize> {
        let asked = &self.steps[step];
        let followed = asked.flights.get(asked.followed?)?;
        let (server, address) = (followed.server, followed.address);
        let places = &asked.zone.servers.get(server)?.addresses;
        let place = places.iter().position(|place| place.address == address)?;
        let flight = asked.flights.len();
        if !self.send(step, (server, place), asking, query) {
            return None;
        }
        while self.steps[step].flights[flight].exchange.is_none() {
            if !self.take_in().await {
                return None;
            }
        }
        Some(flight)
    }

    /// Judges every reply to the step's question, and reads what the best one says about the zone below.
    async fn judge_step(&mut self, step: usize, keys: &ZoneKeys) {
        let asked = &self.steps[step];
        let Some(followed) = asked.followed else {
            return;
        };
        let (name, record_type) = (asked.name.clone(), asked.record_type);
        let mut judged: Vec<(usize, Judged)> = Vec::new();
        for (place, flight) in asked
            .of(Asking::Question)
            .filter(|(_, flight)| flight.is_useful())
        {
            if let Some(message) = message(flight) {
                judged.push((
                    place,
                    judge(message, &name, record_type, keys, self.settings.now),
                ));
            }
        }
        for (place, judged) in &judged {
            self.proofs
                .replies
                .insert((step, *place), judged.proof.clone());
        }
        // A resolver that finds one server's reply bogus asks the next one.
        let best = judged
            .into_iter()
            .min_by_key(|(place, judged)| (rank(judged.proof.security), *place != followed));
        let Some((place, mut best)) = best else {
            return;
        };
        let Some(reading) = self.steps[step].flights[place].reading.clone() else {
            return;
        };
        let refers = matches!(reading.next, Next::Referral(_));
        match reading.next {
            Next::Referral(referral) => self.vouch(step, &referral.child, &best, keys).await,
            Next::Alias => best.proof = alias::aliases_alone(best.proof, &reading.links),
            _ => {}
        }
        if !refers && rank(best.proof.security) > rank(Security::Insecure) {
            let (proof, links, end) = (&best.proof, &reading.links, &reading.end);
            let found = match self.end_by_itself(step, proof, links, end, keys).await {
                Some(proof) => Some(proof),
                None => self.below_a_cut(step, place, end, keys).await,
            };
            if let Some(proof) = found {
                best.proof = proof;
                self.judged_elsewhere(step);
                self.proofs
                    .replies
                    .insert((step, place), best.proof.clone());
            }
        }
        if let Some(proof) = self.proofs.steps.get_mut(&step) {
            proof.response = Some(Box::new(best.proof));
        }
    }

    /// What the parent says about the child; asked for explicitly where the referral does not tell.
    async fn vouch(&mut self, step: usize, child: &Name, judged: &Judged, keys: &ZoneKeys) {
        let mut vouched = delegated(judged);
        if matches!(
            vouched,
            Some(Vouched::Not(Security::Bogus | Security::Indeterminate, _)) | None
        ) {
            let explicit = self.ask_for_ds(step, child, keys).await;
            if let Some(told @ (Vouched::Signed(_) | Vouched::Not(Security::Insecure, _))) =
                explicit.as_ref().and_then(delegated)
            {
                vouched = Some(told);
                self.judged_elsewhere(step);
            }
        }
        let silent = || Vouched::Not(Security::Indeterminate, Vec::new());
        self.proofs
            .vouched
            .insert(child.clone(), vouched.unwrap_or_else(silent));
    }

    /// What the replies lacked was found by another question: against the zone's keys alone they prove nothing.
    fn judged_elsewhere(&mut self, step: usize) {
        let good = |security| rank(security) <= rank(Security::Insecure);
        self.proofs
            .replies
            .retain(|(of, _), proof| *of != step || good(proof.security));
    }

    async fn ask_for_ds(&mut self, step: usize, child: &Name, keys: &ZoneKeys) -> Option<Judged> {
        let query = Query::query(child.clone(), RecordType::DS);
        let place = self.ask_again(step, Asking::Delegation, &query).await?;
        let flight = &self.steps[step].flights[place];
        let reply = message(flight).filter(|_| flight.is_useful())?;
        let judged = judge(reply, child, RecordType::DS, keys, self.settings.now);
        self.proofs
            .replies
            .insert((step, place), judged.proof.clone());
        Some(judged)
    }
}

fn delegated(judged: &Judged) -> Option<Vouched> {
    let cut = judged.proof.delegation.as_ref()?;
    Some(match cut.security {
        Security::Secure => Vouched::Signed(judged.signers.clone()),
        security => Vouched::Not(security, cut.reasons.clone()),
    })
}

fn unproven(security: Security, reasons: Vec<ProofReason>) -> StepProof {
    StepProof {
        security,
        reasons,
        keys: None,
        response: None,
    }
}

fn message(flight: &Flight) -> Option<&Message> {
    let exchange = flight.exchange.as_ref()?;
    exchange.result.as_ref().ok().map(|reply| &reply.message)
}

fn better(one: ZoneKeysVerdict, other: ZoneKeysVerdict) -> ZoneKeysVerdict {
    if rank(other.proof.security) < rank(one.proof.security) {
        other
    } else {
        one
    }
}

/// The better, the less.
fn rank(security: Security) -> u8 {
    match security {
        Security::Secure => 0,
        Security::Insecure => 1,
        Security::Indeterminate => 2,
        Security::Bogus => 3,
    }
}
