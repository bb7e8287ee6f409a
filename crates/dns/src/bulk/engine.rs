//! The loop: take lines while there is room, send, receive, time out, ask again over TCP where a reply was cut.

mod receiving;
mod sending;

use std::collections::VecDeque;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use netwhy_report::dns::{BulkOutcome, BulkRecord};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::channel::{Channel, Random};
use super::flight::{Flight, Template};
use super::line::{Asked, Line};
use super::order::Order;
use super::source::Source;
use super::{BulkError, BulkOptions, Step};
use crate::exchange::Exchange;
use receiving::result;

/// Sockets, and so ports, per server.
const CHANNELS: usize = 4;
/// Questions in flight at most, whatever is asked for: half of the ids of one socket.
const IN_FLIGHT: usize = 1 << 15;
/// The largest datagram there can be.
const DATAGRAM: usize = 65_535;
/// How often the sockets are asked for errors.
const LOOK: Duration = Duration::from_millis(50);
/// Results that may wait for an earlier one before no more lines are taken.
const WAITING: usize = 16_384;

/// A run under way.
pub(super) struct Engine<'run> {
    options: &'run BulkOptions,
    emit: &'run mut (dyn FnMut(Step) + Send),
    template: Template,
    /// Those of the first server first.
    channels: Vec<Channel>,
    random: Random,
    flights: Vec<Option<Flight>>,
    free: Vec<u16>,
    in_flight: usize,
    /// When which flight's nth try times out; in order, since every try waits equally long.
    timers: VecDeque<(Instant, u16, u64, usize)>,
    over_tcp: JoinSet<(u16, Exchange)>,
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
            self.stream(&mut buffer, &mut source);
            self.receive(&mut buffer, &mut source, Channel::receive_or_wait);
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
        self.in_flight < self.options.concurrency.clamp(1, IN_FLIGHT) && waiting < WAITING
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
