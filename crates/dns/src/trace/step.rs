//! One zone: all its servers at once, and on with the first that is of use. The zone's keys are asked for in the same
//! instant, so that a proof costs no round trip of its own.

use std::time::{Duration, Instant};

use hickory_proto::op::Query;
use hickory_proto::rr::{Name, RecordType};
use netwhy_report::Failure;
use netwhy_report::dns::trace::{Asking, StepPurpose, TraceEnd};

use super::flights::{Arrival, Flight, Ticket};
use super::said::{Reading, read, shown};
use super::walk::Walker;
use super::zone::Zone;
use crate::exchange::Exchange;

/// Addresses asked at once: a zone's usual number of servers, and few of the root's, which all say the same.
const ABREAST: usize = 13;
const ABREAST_AT_THE_ROOT: usize = 3;
/// Addresses asked for the keys at once.
const FOR_KEYS: usize = 2;
/// How long the first are given before others are asked too.
const STAGGER: Duration = Duration::from_millis(400);

/// One zone asked, with raw replies.
pub(super) struct Step {
    pub(super) zone: Zone,
    pub(super) purpose: StepPurpose,
    pub(super) name: Name,
    pub(super) record_type: RecordType,
    pub(super) flights: Vec<Flight>,
    pub(super) followed: Option<usize>,
    pub(super) start: Duration,
    pub(super) end: Duration,
}

impl Step {
    pub(super) fn of(&self, asking: Asking) -> impl Iterator<Item = (usize, &Flight)> {
        let flights = self.flights.iter().enumerate();
        flights.filter(move |(_, flight)| flight.asking == asking)
    }

    /// What the reply that was followed says.
    pub(super) fn reading(&self) -> Option<&Reading> {
        self.flights.get(self.followed?)?.reading.as_ref()
    }
}

impl Walker<'_> {
    /// Asks the servers of `zone`, and takes in replies until one is of use.
    pub(super) async fn ask(
        &mut self,
        zone: Zone,
        name: &Name,
        record_type: RecordType,
        purpose: &StepPurpose,
    ) -> Result<usize, TraceEnd> {
        let step = self.begin(zone, name, record_type, purpose);
        let order = self.steps[step].zone.order();
        let abreast = match self.steps[step].zone.name.is_root() {
            true => ABREAST_AT_THE_ROOT,
            false => ABREAST,
        };
        let mut waves = order.chunks(abreast);
        let mut latest = Instant::now();
        let ended = loop {
            if self.flights.stopped.is_some() {
                break Err(self.stopped());
            }
            if self.is_answered(step) {
                match waves.next() {
                    Some(wave) => latest = self.wave(step, wave),
                    None => break Err(self.failed(step)),
                }
                continue;
            }
            let until = (waves.len() > 0).then(|| latest + STAGGER);
            match self.flights.arrival(until).await {
                Arrival::Landed(ticket, exchange) => {
                    self.land(ticket, exchange);
                    if ticket.step == step && self.is_followed(ticket) {
                        break Ok(step);
                    }
                }
                Arrival::Late => {
                    if let Some(wave) = waves.next() {
                        latest = self.wave(step, wave);
                    }
                }
                Arrival::Idle => break Err(self.failed(step)),
                Arrival::Stopped => {}
            }
        };
        self.steps[step].end = self.elapsed();
        ended
    }

    pub(super) fn begin(
        &mut self,
        zone: Zone,
        name: &Name,
        record_type: RecordType,
        purpose: &StepPurpose,
    ) -> usize {
        let start = self.elapsed();
        self.steps.push(Step {
            zone,
            purpose: purpose.clone(),
            name: name.clone(),
            record_type,
            flights: Vec::new(),
            followed: None,
            start,
            end: start,
        });
        self.steps.len() - 1
    }

    /// Sends the question to these addresses, and the question for the keys to the first of them.
    fn wave(&mut self, step: usize, places: &[(usize, usize)]) -> Instant {
        let asked = &self.steps[step];
        let (zone, record_type) = (asked.zone.name.clone(), asked.record_type);
        let question = Query::query(asked.name.clone(), record_type);
        let keys = Query::query(zone.clone(), RecordType::DNSKEY);
        let wants_keys = self.wants_keys(step) && question != keys;
        for (index, place) in places.iter().enumerate() {
            self.send(step, *place, Asking::Question, &question);
            if wants_keys && index < FOR_KEYS {
                self.send(step, *place, Asking::Keys, &keys);
            }
        }
        Instant::now()
    }

    /// The first visit to a zone on the way to an answer brings its keys along.
    fn wants_keys(&self, step: usize) -> bool {
        let asked = &self.steps[step];
        let known = |other: &Step| {
            other.zone.name == asked.zone.name
                && other.of(Asking::Keys).any(|(_, flight)| flight.is_useful())
        };
        self.settings.dnssec
            && !matches!(asked.purpose, StepPurpose::NameServer { .. })
            && !self.steps[..step].iter().any(known)
    }

    pub(super) fn send(
        &mut self,
        step: usize,
        (server, place): (usize, usize),
        asking: Asking,
        query: &Query,
    ) -> bool {
        let ticket = Ticket {
            step,
            place: self.steps[step].flights.len(),
        };
        let Some(known) = self.steps[step].zone.servers.get_mut(server) else {
            return false;
        };
        let Some(known) = known.addresses.get_mut(place) else {
            return false;
        };
        if !self.flights.launch(ticket, query, known.address) {
            return false;
        }
        known.asked = true;
        let address = known.address;
        self.steps[step].flights.push(Flight {
            server,
            address,
            asking,
            query: query.clone(),
            started: Instant::now(),
            exchange: None,
            reading: None,
        });
        true
    }

    /// Takes in how a question went.
    pub(super) fn land(&mut self, ticket: Ticket, exchange: Box<Exchange>) {
        let Some(step) = self.steps.get_mut(ticket.step) else {
            return;
        };
        let Some(flight) = step.flights.get_mut(ticket.place) else {
            return;
        };
        flight.reading = exchange.result.as_ref().ok().map(|reply| {
            let query = &flight.query;
            read(
                &step.zone.name,
                &query.name,
                query.query_type,
                &reply.message,
            )
        });
        flight.exchange = Some(*exchange);
    }

    fn is_followed(&mut self, ticket: Ticket) -> bool {
        let step = &mut self.steps[ticket.step];
        let useful = step
            .flights
            .get(ticket.place)
            .is_some_and(|flight| flight.asking == Asking::Question && flight.is_useful());
        if useful {
            step.followed = Some(ticket.place);
        }
        useful
    }

    /// Whether nothing that was asked of the step is still under way.
    fn is_answered(&self, step: usize) -> bool {
        let mut questions = self.steps[step].of(Asking::Question);
        questions.all(|(_, flight)| flight.exchange.is_some())
    }

    /// How a walk ends at a zone with no server of use.
    fn failed(&self, step: usize) -> TraceEnd {
        let asked = &self.steps[step];
        let zone = shown(&asked.zone.name);
        let questions = || asked.of(Asking::Question).map(|(_, flight)| flight);
        let no_route = |flight: &Flight| {
            let failure = flight
                .exchange
                .as_ref()
                .and_then(|exchange| exchange.result.as_ref().err());
            matches!(failure, Some(Failure::Unreachable { icmp: None, .. }))
        };
        if questions().any(|flight| flight.reading.is_some()) {
            TraceEnd::Lame { zone }
        } else if self.flights.spent() {
            TraceEnd::QueriesSpent {
                limit: self.settings.limits.queries,
            }
        } else if !asked.zone.has_places() {
            TraceEnd::NoAddress { zone }
        } else if questions().all(no_route) {
            TraceEnd::Unreachable { zone }
        } else {
            TraceEnd::Silent { zone }
        }
    }

    pub(super) fn stopped(&self) -> TraceEnd {
        let reason = self.flights.stopped.clone();
        TraceEnd::Stopped {
            reason: reason.unwrap_or(netwhy_report::SkipReason::Interrupted),
        }
    }
}
