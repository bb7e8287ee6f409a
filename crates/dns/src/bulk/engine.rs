//! The loop: take lines while there is room, send, receive, time out, ask again over TCP where a reply was cut.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use netwhy_report::dns::{
    BulkAnswer, BulkOutcome, BulkRecord, BulkResult, DnsMessage, DnsTransport,
};
use netwhy_report::{Failure, Timeline, Untrusted};
use tokio::sync::mpsc::{self, error::TryRecvError};
use tokio::task::JoinSet;

use super::channel::{Channel, Random};
use super::flight::{Flight, Template, is_cut};
use super::line::{Asked, Line};
use super::order::Order;
use super::{BulkError, BulkOptions, Step};
use crate::exchange::{Carrier, Endpoint, Exchange, ExchangeOptions, exchange, failure};
use crate::message::decode;
use crate::query::question;

/// Sockets, and so ports, per server.
const CHANNELS: usize = 8;
/// The largest datagram there can be.
const DATAGRAM: usize = 65_535;
/// Datagrams taken from one socket before the others have their turn.
const TURN: usize = 64;
/// How often the sockets are asked for errors.
const LOOK: Duration = Duration::from_millis(50);
/// Results that may wait for an earlier one before no more lines are taken.
const WAITING: usize = 16_384;

/// The lines that wait, and where more come from.
struct Source<'run> {
    input: &'run mut mpsc::Receiver<Vec<Line>>,
    lines: VecDeque<Line>,
    open: bool,
}

impl Source<'_> {
    /// The next line, if one is there without waiting.
    fn next(&mut self) -> Option<Line> {
        if self.lines.is_empty() {
            match self.input.try_recv() {
                Ok(batch) => self.lines.extend(batch),
                Err(TryRecvError::Disconnected) => self.open = false,
                Err(TryRecvError::Empty) => {}
            }
        }
        self.lines.pop_front()
    }

    fn take(&mut self, batch: Option<Vec<Line>>) {
        match batch {
            Some(batch) => self.lines.extend(batch),
            None => self.open = false,
        }
    }

    fn is_dry(&self) -> bool {
        !self.open && self.lines.is_empty()
    }
}

pub(super) struct Engine<'run> {
    options: &'run BulkOptions,
    emit: &'run mut (dyn FnMut(Step) + Send),
    template: Template,
    /// Those of the first server first.
    channels: Vec<Channel>,
    random: Random,
    flights: Vec<Option<Flight>>,
    free: Vec<u32>,
    in_flight: usize,
    /// When which flight's nth try times out; in order, since every try waits equally long.
    timers: VecDeque<(Instant, u32, u64, usize)>,
    over_tcp: JoinSet<(u32, Exchange)>,
    /// Sockets on which the kernel told that nobody listens, and when it did.
    refused: Vec<(usize, Instant)>,
    next_look: Instant,
    order: Option<Order>,
    places: u64,
    next_channel: usize,
    begun: Instant,
    admitted: u64,
    message: Vec<u8>,
    record: BulkRecord,
}

impl<'run> Engine<'run> {
    pub(super) fn new(
        options: &'run BulkOptions,
        emit: &'run mut (dyn FnMut(Step) + Send),
    ) -> Result<Self, BulkError> {
        let mut channels = Vec::new();
        for server in &options.servers {
            for _ in 0..CHANNELS {
                let opened = Channel::open(*server, options.source);
                channels.push(opened.map_err(|error| BulkError::Socket {
                    server: *server,
                    error,
                })?);
            }
        }
        Ok(Self {
            template: Template::new(&options.query, options.class)?,
            options,
            emit,
            channels,
            random: Random::new(),
            flights: Vec::new(),
            free: Vec::new(),
            in_flight: 0,
            timers: VecDeque::new(),
            over_tcp: JoinSet::new(),
            refused: Vec::new(),
            next_look: Instant::now() + LOOK,
            order: options.ordered.then(Order::default),
            places: 0,
            next_channel: 0,
            begun: Instant::now(),
            admitted: 0,
            message: Vec::with_capacity(512),
            record: BulkRecord::default(),
        })
    }

    pub(super) async fn run(
        &mut self,
        input: &mut mpsc::Receiver<Vec<Line>>,
        stop: impl Future<Output = ()>,
    ) {
        let mut stop = pin!(stop);
        let mut source = Source {
            input,
            lines: VecDeque::new(),
            open: true,
        };
        let mut buffer = vec![0; DATAGRAM];
        loop {
            self.receive(&mut buffer, &mut source);
            self.look_for_errors();
            self.give_up_refused();
            self.time_out();
            // Last, so that nothing that could be sent waits for the next event.
            self.admit(&mut source);
            if source.is_dry() && self.in_flight == 0 {
                return;
            }
            if self.in_flight == 0 {
                (self.emit)(Step::Idle);
            }
            if !self.refused.is_empty() {
                continue;
            }
            let wants_lines = source.open && source.lines.is_empty() && self.has_room();
            let wake = self.wake(!source.lines.is_empty());
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = readable(&self.channels), if self.in_flight > 0 => {}
                Some(ended) = self.over_tcp.join_next() => {
                    if let Ok((flight, exchange)) = ended {
                        self.over_tcp_ended(flight, exchange);
                    }
                }
                batch = source.input.recv(), if wants_lines => source.take(batch),
                () = sleep_until(wake) => {}
            }
        }
        self.interrupt();
    }

    pub(super) fn finish(mut self) -> BulkRecord {
        self.record.elapsed = self.begun.elapsed();
        self.record
    }

    fn has_room(&self) -> bool {
        let waiting = self.order.as_ref().map_or(0, Order::waiting);
        self.in_flight < self.options.concurrency.max(1) && waiting < WAITING
    }

    /// When the next question may go out, if a rate says so.
    fn next_slot(&self) -> Option<Instant> {
        let rate = self.options.rate.filter(|rate| *rate > 0)?;
        let nanos = u128::from(self.admitted) * 1_000_000_000 / u128::from(rate);
        Some(self.begun + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }

    fn wake(&self, lines_wait: bool) -> Option<Instant> {
        let timer = self.timers.front().map(|(at, ..)| *at);
        let slot = self.next_slot().filter(|_| lines_wait && self.has_room());
        let look = (self.in_flight > 0).then_some(self.next_look);
        [timer, slot, look].into_iter().flatten().min()
    }

    /// Sends questions while there is room for them.
    fn admit(&mut self, source: &mut Source<'_>) {
        while self.has_room() && self.next_slot().is_none_or(|slot| slot <= Instant::now()) {
            let Some(line) = source.next() else {
                return;
            };
            let asked = line.read(self.options);
            let place = self.places;
            self.record.lines += u64::from(!matches!(asked, Asked::Nothing));
            match asked {
                Asked::Nothing => {}
                Asked::Rejected(name, reason) => {
                    self.places += 1;
                    let outcome = BulkOutcome::Rejected { reason };
                    self.done(place, result(line.number, name, None, outcome));
                }
                Asked::Question(name, record_type) => {
                    self.places += 1;
                    self.admitted += 1;
                    self.in_flight += 1;
                    let servers = self.options.servers.len().max(1);
                    let base = match self.options.in_turn {
                        true => usize::try_from(self.admitted).unwrap_or(0) % servers,
                        false => 0,
                    };
                    let flight = self.store(Flight {
                        line: line.number,
                        place,
                        name,
                        record_type,
                        sent: Vec::with_capacity(1),
                        base,
                        server: self.options.servers[base],
                        over_tcp: false,
                    });
                    self.send(flight);
                }
            }
        }
    }

    fn store(&mut self, flight: Flight) -> u32 {
        if let Some(index) = self.free.pop() {
            self.flights[index as usize] = Some(flight);
            return index;
        }
        self.flights.push(Some(flight));
        u32::try_from(self.flights.len() - 1).unwrap_or(u32::MAX)
    }

    /// One more try.
    fn send(&mut self, index: u32) {
        let Some(flight) = &mut self.flights[index as usize] else {
            return;
        };
        let servers = self.options.servers.len();
        let server = (flight.base + flight.sent.len()) % servers;
        self.next_channel = (self.next_channel + 1) % CHANNELS;
        let at = server * CHANNELS + self.next_channel;
        let channel = &mut self.channels[at];
        flight.server = self.options.servers[server];
        let sent = channel.take_id(index, &mut self.random).and_then(|id| {
            self.template
                .write(id, &flight.name, flight.record_type, &mut self.message);
            let now = Instant::now();
            flight.sent.push((at, id, now));
            self.timers.push_back((
                now + self.options.timeout,
                index,
                flight.place,
                flight.sent.len(),
            ));
            match channel.send(&self.message) {
                // What an earlier datagram met: this one has not been sent yet, and the earlier ones are lost.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    self.refused.push((at, now));
                    channel.send(&self.message)
                }
                sent => sent,
            }
        });
        match sent {
            // A full send buffer drops the datagram, as the network might: the next try repeats it.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.fail(index, failure(&error, 0)),
            Ok(_) => {}
        }
    }

    fn tries(&self) -> usize {
        usize::try_from(self.options.tries.max(1)).unwrap_or(1)
    }

    /// Takes what has arrived; the next question goes out at once, so that the server works while we do.
    fn receive(&mut self, buffer: &mut [u8], source: &mut Source<'_>) {
        for at in 0..self.channels.len() {
            for _ in 0..TURN {
                match self.channels[at].socket.try_recv(buffer) {
                    Ok(length) => {
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
    }

    fn arrived(&mut self, at: usize, reply: &[u8]) {
        let owner = self.channels[at].owner(reply);
        let flight = owner.and_then(|index| self.flights[index as usize].as_ref());
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
        match decode(reply) {
            Ok(message) => self.answer(index, message, server, DnsTransport::Udp, time),
            Err(broken) => self.fail(
                index,
                Failure::DnsUndecodable {
                    reason: broken.reason,
                },
            ),
        }
    }

    /// Asks the sockets for errors: the reactor does not wake for one that comes without a datagram.
    fn look_for_errors(&mut self) {
        let now = Instant::now();
        if now < self.next_look {
            return;
        }
        self.next_look = now + LOOK;
        for (at, channel) in self.channels.iter().enumerate() {
            if let Ok(Some(error)) = channel.socket.take_error()
                && error.kind() == io::ErrorKind::ConnectionRefused
            {
                self.refused.push((at, now));
            }
        }
    }

    /// Nobody listens: the kernel says so once per socket, whatever is in flight there.
    fn give_up_refused(&mut self) {
        for (at, when) in std::mem::take(&mut self.refused) {
            let lost = |flight: &Flight| {
                let last = flight.sent.last();
                !flight.over_tcp
                    && last.is_some_and(|(channel, _, sent)| *channel == at && *sent < when)
            };
            let flights = self.flights.iter().zip(0..);
            let lost: Vec<u32> = flights
                .filter(|(flight, _)| flight.as_ref().is_some_and(lost))
                .map(|(_, index)| index)
                .collect();
            for index in lost {
                self.again_or_fail(index, Failure::Refused { icmp: None });
            }
        }
    }

    fn again_or_fail(&mut self, index: u32, failure: Failure) {
        let sent = self.flights[index as usize]
            .as_ref()
            .map_or(0, |flight| flight.sent.len());
        if sent < self.tries() {
            self.record.retransmits += 1;
            self.send(index);
        } else {
            self.fail(index, failure);
        }
    }

    fn time_out(&mut self) {
        let now = Instant::now();
        while let Some(&(at, index, place, nth)) = self.timers.front() {
            if at > now {
                return;
            }
            self.timers.pop_front();
            let flight = self.flights[index as usize].as_ref();
            // The place tells whether the slot still holds the question that the timer was set for.
            let current = flight.is_some_and(|flight| {
                flight.place == place && flight.sent.len() == nth && !flight.over_tcp
            });
            if current {
                let after = self.options.timeout;
                self.again_or_fail(index, Failure::TimedOut { after });
            }
        }
    }

    fn ask_over_tcp(&mut self, index: u32) {
        let Some(flight) = &mut self.flights[index as usize] else {
            return;
        };
        flight.over_tcp = true;
        self.record.over_tcp += 1;
        let endpoint = Endpoint {
            address: flight.server,
            carrier: Carrier::Tcp,
        };
        let options = ExchangeOptions {
            timeout: self.options.timeout,
            tries: 1,
            source: self.options.source,
            query: self.options.query.clone(),
            plain_after_rejection: false,
        };
        let asked = question(
            &flight.name.to_string(),
            &flight.record_type.to_string(),
            &self.options.class.to_string(),
        );
        let Ok(query) = asked else {
            let failure = Failure::System {
                errno: libc::EINVAL,
            };
            return self.fail(index, failure);
        };
        self.over_tcp.spawn(async move {
            let timeline = Timeline::new(Instant::now());
            (
                index,
                exchange(&query, &endpoint, &options, &timeline).await,
            )
        });
    }

    fn over_tcp_ended(&mut self, index: u32, exchange: Exchange) {
        let Some(flight) = &self.flights[index as usize] else {
            return;
        };
        let server = flight.server;
        let time = exchange.end.saturating_sub(exchange.start);
        let decoded = exchange.result.and_then(|reply| {
            decode(&reply.wire).map_err(|broken| Failure::DnsUndecodable {
                reason: broken.reason,
            })
        });
        match decoded {
            Ok(message) => self.answer(index, message, server, DnsTransport::Tcp, time),
            Err(failure) => self.fail(index, failure),
        }
    }

    fn answer(
        &mut self,
        index: u32,
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

    fn fail(&mut self, index: u32, failure: Failure) {
        let tries = self.sent(index);
        let server = self.flights[index as usize]
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

    fn sent(&self, index: u32) -> u32 {
        let flight = self.flights[index as usize].as_ref();
        let sent = flight.map_or(0, |flight| flight.sent.len());
        u32::try_from(sent).unwrap_or(u32::MAX)
    }

    /// Ends a flight: its ids and its slot are free again.
    fn land(&mut self, index: u32, outcome: BulkOutcome) {
        let Some(flight) = self.flights[index as usize].take() else {
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

    fn done(&mut self, place: u64, result: BulkResult) {
        count(&mut self.record, &result.outcome);
        let emit = &mut self.emit;
        match &mut self.order {
            Some(order) => order.put(place, result, |result| emit(Step::Result(result))),
            None => emit(Step::Result(result)),
        }
    }

    fn interrupt(&mut self) {
        self.over_tcp.abort_all();
        for index in 0..self.flights.len() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
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

fn result(
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

/// Ready as soon as any socket has something to read.
async fn readable(channels: &[Channel]) {
    std::future::poll_fn(|context| {
        for channel in channels {
            if channel.socket.poll_recv_ready(context).is_ready() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    })
    .await;
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
