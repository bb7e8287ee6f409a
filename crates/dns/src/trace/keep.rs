//! A walk as the report has it; before that, a short wait for the servers that were slower than the one followed.

use std::time::{Duration, Instant};

use hickory_proto::op::Query;
use hickory_proto::rr::RecordType;
use netwhy_report::dns::message::ResourceRecord;
use netwhy_report::dns::trace::{
    ServerAddress, TraceEnd, TraceExchange, TraceRecord, TraceSecurity, TraceServer, TraceStep,
};
use netwhy_report::dns::{DnsExchange, DnsServer};
use netwhy_report::{Failure, SkipReason, Step as Outcome};

use super::flights::{Arrival, Flight, PATIENCE};
use super::said::shown;
use super::step::Step;
use super::walk::{Walked, Walker};
use super::zone::Server;
use crate::record::{question, record};

impl Walker<'_> {
    /// Gives the servers that have not replied yet until each had its time: they are evidence, and nothing waits for them.
    pub(super) async fn gather(&mut self) {
        loop {
            let flights = self.steps.iter().flat_map(|step| &step.flights);
            let open = flights.filter(|flight| flight.exchange.is_none());
            let Some(until) = open.map(|flight| flight.started + PATIENCE).max() else {
                return;
            };
            match self.flights.arrival(Some(until)).await {
                Arrival::Landed(ticket, exchange) => self.land(ticket, exchange),
                Arrival::Late if Instant::now() < until => {}
                Arrival::Late | Arrival::Idle | Arrival::Stopped => return,
            }
        }
    }

    /// The record of the walk.
    pub(super) fn keep(
        mut self,
        query: &Query,
        walked: Walked,
        security: Option<TraceSecurity>,
        end: Duration,
    ) -> TraceRecord {
        let answer = match walked.end {
            TraceEnd::Answer => self.answer_records(&walked),
            _ => Vec::new(),
        };
        let steps = std::mem::take(&mut self.steps);
        let kept = steps
            .into_iter()
            .enumerate()
            .map(|(index, step)| self.step(index, step));
        TraceRecord {
            name: shown(&query.name),
            record_type: question(query).record_type,
            steps: kept.collect(),
            answer,
            aliases: walked.aliases,
            end: walked.end,
            security,
            queries: self.flights.sent,
            walk: end.saturating_sub(self.begun),
        }
    }

    /// The records of the answer as the decoder shows them, aliases and signatures apart.
    fn answer_records(&self, walked: &Walked) -> Vec<ResourceRecord> {
        let Some((step, owner)) = walked.decisive.last().zip(walked.records.first()) else {
            return Vec::new();
        };
        let flight = self.steps[*step]
            .followed
            .and_then(|place| self.steps[*step].flights.get(place));
        let exchange = flight.and_then(|flight| flight.exchange.as_ref());
        let reply = exchange.and_then(|exchange| exchange.result.as_ref().ok());
        let Some(Ok(message)) = reply.map(|reply| crate::message::decode(&reply.wire)) else {
            return Vec::new();
        };
        let name = shown(&owner.name).escaped();
        let asked = self.steps[*step].record_type;
        let wanted = |record: &ResourceRecord| {
            record.name.escaped().eq_ignore_ascii_case(&name)
                && (asked == RecordType::ANY || record.record_type == mnemonic(asked))
        };
        message.answer.into_iter().filter(wanted).collect()
    }

    fn step(&mut self, index: usize, step: Step) -> TraceStep {
        let ignored = step
            .reading()
            .map(|reading| reading.ignored.iter().map(shown).collect());
        let stopped = self.flights.stopped.clone();
        let exchanges = step.flights.into_iter().enumerate().map(|(place, flight)| {
            let proof = self.proofs.replies.remove(&(index, place)).map(Box::new);
            TraceExchange {
                server: flight.server,
                asking: flight.asking,
                said: flight.reading.as_ref().map(super::said::Reading::said),
                proof,
                exchange: exchange(flight, stopped.as_ref(), &self.timeline),
            }
        });
        TraceStep {
            zone: shown(&step.zone.name),
            purpose: step.purpose,
            name: shown(&step.name),
            record_type: mnemonic(step.record_type),
            servers: step.zone.servers.iter().map(server).collect(),
            followed: step.followed,
            ignored: ignored.unwrap_or_default(),
            start: step.start,
            duration: step.end.saturating_sub(step.start),
            exchanges: exchanges.collect(),
            proof: self.proofs.steps.remove(&index),
        }
    }
}

fn exchange(
    flight: Flight,
    stopped: Option<&SkipReason>,
    timeline: &netwhy_report::Timeline,
) -> DnsExchange {
    let server = DnsServer::plain(flight.address);
    if let Some(exchange) = flight.exchange {
        return record(exchange, server, flight.address, &flight.query);
    }
    let start = timeline.offset(flight.started);
    let waited = flight.started.elapsed();
    let step = if waited >= PATIENCE {
        Outcome::failed(start, start + waited, Failure::TimedOut { after: waited })
    } else {
        Outcome::skipped(start, stopped.cloned().unwrap_or(SkipReason::NotNeeded))
    };
    DnsExchange {
        server,
        address: Some(flight.address),
        question: question(&flight.query),
        tries: Vec::new(),
        step,
        undecodable: None,
    }
}

fn mnemonic(record_type: RecordType) -> String {
    crate::mnemonic::RecordType(record_type.into()).to_string()
}

fn server(server: &Server) -> TraceServer {
    let address = |place: &super::zone::Place| ServerAddress {
        address: place.address,
        source: place.source,
        asked: place.asked,
        unreachable: place.unreachable,
    };
    TraceServer {
        name: shown(&server.name),
        addresses: server.addresses.iter().map(address).collect(),
        without: server.without,
    }
}
