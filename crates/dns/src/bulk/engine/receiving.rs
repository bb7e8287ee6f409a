//! What arrives, and what becomes of each question.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use netwhy_report::dns::{
    BulkAnswer, BulkOutcome, BulkRecord, BulkResult, DnsMessage, DnsTransport,
};
use netwhy_report::{Failure, Untrusted};

use super::{CHANNELS, Engine};
use crate::bulk::Step;
use crate::bulk::channel::Channel;
use crate::bulk::flight::is_cut;
use crate::bulk::source::Source;
use crate::exchange::Exchange;
use crate::message::decode_answer;

/// Datagrams taken from one socket before the others have their turn.
const TURN: usize = 64;
/// Looks in vain at all sockets before we go to sleep: some 50 µs.
const LOOKS: usize = 48;
/// How long timers, input and the end of the run wait for a stream of replies at most.
const STREAM: Duration = Duration::from_millis(1);

impl Engine<'_> {
    /// Takes what arrives as long as it comes in a steady stream. Going to sleep and waking up costs more than a handful of
    /// looks in vain, and a busy server replies within microseconds.
    pub(super) fn stream(&mut self, buffer: &mut [u8], source: &mut Source<'_>) {
        let until = Instant::now() + STREAM;
        let mut in_vain = 0;
        while self.in_flight > 0 && in_vain < LOOKS && Instant::now() < until {
            let any = self.receive(buffer, source, Channel::receive);
            in_vain = if any { 0 } else { in_vain + 1 };
        }
    }

    /// Takes what has arrived; the next question goes out at once, so that the server works while we do. `false`: nothing had.
    pub(super) fn receive(
        &mut self,
        buffer: &mut [u8],
        source: &mut Source<'_>,
        take: impl Fn(&Channel, &mut [u8]) -> io::Result<usize>,
    ) -> bool {
        let mut any = false;
        for at in 0..self.channels.len() {
            for _ in 0..TURN {
                match take(&self.channels[at], buffer) {
                    Ok(length) => {
                        any = true;
                        self.arrived(at, &buffer[..length]);
                        self.admit(source);
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                        self.refused.push((at, Instant::now()));
                    }
                    // Anything else is about this host, and shows when the next query is sent.
                    Err(_) => break,
                }
            }
        }
        any
    }

    pub(super) fn arrived(&mut self, at: usize, reply: &[u8]) {
        let owner = self.channels[at].owner(reply);
        let flight = owner.and_then(|index| self.flights[usize::from(index)].as_ref());
        let (Some(index), Some(flight)) = (owner, flight) else {
            self.record.strays += 1;
            return;
        };
        if flight.over_tcp || !self.template.answers(reply, flight) {
            self.record.strays += u64::from(!flight.over_tcp);
            return;
        }
        if is_cut(reply) && !self.options.query.ignore_truncation {
            self.ask_over_tcp(index);
            return;
        }
        let id = reply.first_chunk::<2>().map(|id| u16::from_be_bytes(*id));
        let sent = flight
            .sent
            .iter()
            .find(|(channel, sent, _)| (*channel, Some(*sent)) == (at, id));
        let time = sent.map(|(_, _, when)| when.elapsed()).unwrap_or_default();
        let server = self.options.servers[at / CHANNELS];
        match decode_answer(reply) {
            Ok(message) => self.answer(index, message, server, DnsTransport::Udp, time),
            Err(broken) => self.fail(
                index,
                Failure::DnsUndecodable {
                    reason: broken.reason,
                },
            ),
        }
    }

    pub(super) fn over_tcp_ended(&mut self, index: u16, exchange: Exchange) {
        let Some(flight) = &self.flights[usize::from(index)] else {
            return;
        };
        let server = flight.server;
        let time = exchange.end.saturating_sub(exchange.start);
        let decoded = exchange.result.and_then(|reply| {
            decode_answer(&reply.wire).map_err(|broken| Failure::DnsUndecodable {
                reason: broken.reason,
            })
        });
        match decoded {
            Ok(message) => self.answer(index, message, server, DnsTransport::Tcp, time),
            Err(failure) => self.fail(index, failure),
        }
    }

    pub(super) fn answer(
        &mut self,
        index: u16,
        message: DnsMessage,
        server: SocketAddr,
        transport: DnsTransport,
        time: Duration,
    ) {
        let tries = self.sent(index);
        self.land(
            index,
            BulkOutcome::Answered(BulkAnswer {
                rcode: message.rcode_name,
                flags: message.flags,
                answer: message.answer,
                server,
                transport,
                tries,
                time,
            }),
        );
    }

    pub(super) fn fail(&mut self, index: u16, failure: Failure) {
        let tries = self.sent(index);
        let server = self.flights[usize::from(index)]
            .as_ref()
            .map(|flight| flight.server);
        if let Some(server) = server {
            self.land(
                index,
                BulkOutcome::Failed {
                    server,
                    tries,
                    failure,
                },
            );
        }
    }

    pub(super) fn sent(&self, index: u16) -> u32 {
        let flight = self.flights[usize::from(index)].as_ref();
        let sent = flight.map_or(0, |flight| flight.sent.len());
        u32::try_from(sent).unwrap_or(u32::MAX)
    }

    /// Ends a flight: its ids and its slot are free again.
    pub(super) fn land(&mut self, index: u16, outcome: BulkOutcome) {
        let Some(flight) = self.flights[usize::from(index)].take() else {
            return;
        };
        for (channel, id, _) in &flight.sent {
            self.channels[*channel].release(*id);
        }
        self.free.push(index);
        self.in_flight -= 1;
        let name = Untrusted::from(flight.name.to_string().as_str());
        let kind = Some(flight.record_type.to_string());
        self.done(flight.place, result(flight.line, name, kind, outcome));
    }

    pub(super) fn done(&mut self, place: u64, result: BulkResult) {
        count(&mut self.record, &result.outcome);
        let emit = &mut self.emit;
        match &mut self.order {
            Some(order) => order.put(place, result, |result| emit(Step::Result(result))),
            None => emit(Step::Result(result)),
        }
    }

    pub(super) fn interrupt(&mut self) {
        self.over_tcp.abort_all();
        for index in 0..self.flights.len() {
            let index = u16::try_from(index).unwrap_or(u16::MAX);
            self.land(index, BulkOutcome::Interrupted);
        }
    }
}

fn count(record: &mut BulkRecord, outcome: &BulkOutcome) {
    match outcome {
        BulkOutcome::Answered(answer) => {
            record.answered += 1;
            count_rcode(&mut record.rcodes, &answer.rcode);
        }
        BulkOutcome::Failed { .. } => record.failed += 1,
        BulkOutcome::Rejected { .. } => record.rejected += 1,
        BulkOutcome::Interrupted => record.interrupted += 1,
    }
}

/// There are few codes: the name is copied once for each.
fn count_rcode(rcodes: &mut BTreeMap<String, u64>, rcode: &str) {
    match rcodes.get_mut(rcode) {
        Some(count) => *count += 1,
        None => {
            rcodes.insert(rcode.to_owned(), 1);
        }
    }
}

pub(super) fn result(
    line: u64,
    name: Untrusted,
    record_type: Option<String>,
    outcome: BulkOutcome,
) -> BulkResult {
    BulkResult {
        line,
        name,
        record_type,
        outcome,
    }
}
