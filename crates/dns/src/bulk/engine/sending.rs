//! One more try: over UDP, or over TCP where a reply was cut; and when a try has failed.

use std::io;
use std::time::Instant;

use netwhy_report::{Failure, Timeline};

use super::{CHANNELS, Engine, LOOK};
use crate::bulk::flight::Flight;
use crate::exchange::{Carrier, Endpoint, ExchangeOptions, exchange, failure};
use crate::query::question;

impl Engine<'_> {
    pub(super) fn store(&mut self, flight: Flight) -> u16 {
        if let Some(index) = self.free.pop() {
            self.flights[usize::from(index)] = Some(flight);
            return index;
        }
        self.flights.push(Some(flight));
        u16::try_from(self.flights.len() - 1).unwrap_or(u16::MAX)
    }

    /// One more try.
    pub(super) fn send(&mut self, index: u16) {
        let Some(flight) = &mut self.flights[usize::from(index)] else {
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

    pub(super) fn tries(&self) -> usize {
        usize::try_from(self.options.tries.max(1)).unwrap_or(1)
    }

    pub(super) fn ask_over_tcp(&mut self, index: u16) {
        let Some(flight) = &mut self.flights[usize::from(index)] else {
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

    /// Asks the sockets for errors: the reactor does not wake for one that comes without a datagram.
    pub(super) fn look_for_errors(&mut self) {
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
    pub(super) fn give_up_refused(&mut self) {
        for (at, when) in std::mem::take(&mut self.refused) {
            let lost = |flight: &Flight| {
                let last = flight.sent.last();
                !flight.over_tcp
                    && last.is_some_and(|(channel, _, sent)| *channel == at && *sent < when)
            };
            let flights = self.flights.iter().zip(0..);
            let lost: Vec<u16> = flights
                .filter(|(flight, _)| flight.as_ref().is_some_and(lost))
                .map(|(_, index)| index)
                .collect();
            for index in lost {
                self.again_or_fail(index, Failure::Refused { icmp: None });
            }
        }
    }

    pub(super) fn again_or_fail(&mut self, index: u16, failure: Failure) {
        let sent = self.flights[usize::from(index)]
            .as_ref()
            .map_or(0, |flight| flight.sent.len());
        if sent < self.tries() {
            self.record.retransmits += 1;
            self.send(index);
        } else {
            self.fail(index, failure);
        }
    }

    pub(super) fn time_out(&mut self) {
        let now = Instant::now();
        while let Some(&(at, index, place, nth)) = self.timers.front() {
            if at > now {
                return;
            }
            self.timers.pop_front();
            let flight = self.flights[usize::from(index)].as_ref();
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
}
