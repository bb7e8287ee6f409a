//! The datagrams of one question: a connected socket on a random port, one id per try, and replies matched to tries,
//! so that a late one is still an answer rather than a loss.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use hickory_proto::op::Query;
use netwhy_report::dns::{DnsTransport, DnsTry};
use netwhy_report::{Failure, SkipReason, Step, Timeline};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::UdpSocket;

use crate::exchange::{ExchangeOptions, Reply, failure, local_address};
use crate::query::encode;
use crate::reply::{Arrival, Sent, sort};

/// The largest datagram there can be.
const DATAGRAM: usize = 65_535;

/// One question's socket and the tries sent through it.
pub(crate) struct Datagrams<'ask> {
    socket: UdpSocket,
    /// Unconnected, on the same port: the kernel gives it what others than the server send there. `None` where the kernel
    /// allows no second socket: then such datagrams go unseen, as with any connected socket.
    bystander: Option<UdpSocket>,
    buffer: Vec<u8>,
    query: &'ask Query,
    options: &'ask ExchangeOptions,
    timeline: &'ask Timeline,
    sent: Vec<Sent>,
    pub(crate) tries: Vec<DnsTry>,
    /// The bytes of a reply to us that could not be decoded.
    pub(crate) undecodable: Option<Vec<u8>>,
}

impl<'ask> Datagrams<'ask> {
    /// Opens the sockets. The first is connected, so that a closed port on a live host shows at once (ICMP port unreachable).
    pub(crate) async fn open(
        query: &'ask Query,
        server: SocketAddr,
        options: &'ask ExchangeOptions,
        timeline: &'ask Timeline,
    ) -> Result<Self, Failure> {
        let socket = UdpSocket::bind(local_address(server, options.source))
            .await
            .map_err(|error| failure(&error, 0))?;
        let local = socket.local_addr().map_err(|error| failure(&error, 0))?;
        // Only from here on, so that no two questions can be given one port.
        let shared = SockRef::from(&socket).set_reuse_address(true);
        socket
            .connect(server)
            .await
            .map_err(|error| failure(&error, 0))?;
        Ok(Self {
            socket,
            bystander: shared.and_then(|()| bystander(local)).ok(),
            buffer: vec![0; DATAGRAM],
            query,
            options,
            timeline,
            sent: Vec::new(),
            tries: Vec::new(),
            undecodable: None,
        })
    }

    /// One try: sends, and waits for the reply to this try or to an earlier one that is still open.
    pub(crate) async fn attempt(&mut self, edns: bool) -> Result<Reply, Failure> {
        let start = self.timeline.offset(Instant::now());
        let (id, message) = encode(self.query, &self.options.query, edns)?;
        self.sent.push(Sent { id, open: true });
        let unfinished = Step::skipped(start, SkipReason::Interrupted);
        self.tries
            .push(DnsTry::new(DnsTransport::Udp, edns, unfinished));
        let result = self.wait(&message).await;
        let end = self.timeline.offset(Instant::now());
        let current = self.tries.len() - 1;
        match result {
            Ok((index, reply)) => {
                self.tries[current].step = Step::skipped(start, SkipReason::NotNeeded);
                let answered = &mut self.tries[index];
                answered.step = Step::completed(answered.step.start, end, reply.size());
                answered.truncated = reply.message.metadata.truncation;
                Ok(*reply)
            }
            Err(failure) => {
                self.tries[current].step = Step::failed(start, end, failure.clone());
                Err(failure)
            }
        }
    }

    /// Takes no more answers to what was sent so far.
    pub(crate) fn close_open_tries(&mut self) {
        for sent in &mut self.sent {
            sent.open = false;
        }
    }

    async fn wait(&mut self, message: &[u8]) -> Result<(usize, Box<Reply>), Failure> {
        let timeout = self.options.timeout;
        let deadline = tokio::time::Instant::now() + timeout;
        self.socket
            .send(message)
            .await
            .map_err(|error| failure(&error, 0))?;
        let current = self.tries.len() - 1;
        let mut garbage = None;
        let mut stranger = [0; 1];
        // The clock is read for every datagram: a flood would keep the timer from its turn.
        while tokio::time::Instant::now() < deadline {
            let received = tokio::select! {
                received = self.socket.recv(&mut self.buffer) => received,
                source = strange(self.bystander.as_ref(), &mut stranger) => {
                    self.tries[current].mismatched.count_source(source);
                    continue;
                }
                () = tokio::time::sleep_until(deadline) => break,
            };
            let length = received.map_err(|error| failure(&error, 0))?;
            let mixed_case = self.options.query.mixed_case;
            match sort(&self.buffer[..length], self.query, &self.sent, mixed_case) {
                Arrival::Ours(index, reply) => return Ok((index, reply)),
                Arrival::Late => {}
                Arrival::Mismatched(mismatch) => self.tries[current].mismatched.count(mismatch),
                Arrival::Garbage(reason) => garbage = Some(reason),
                Arrival::Undecodable(reason) => {
                    self.undecodable = Some(self.buffer[..length].to_vec());
                    return Err(Failure::DnsUndecodable { reason });
                }
            }
        }
        Err(match (self.tries[current].mismatched.total(), garbage) {
            (0, None) => Failure::TimedOut { after: timeout },
            (0, Some(reason)) => Failure::DnsUndecodable { reason },
            (replies, _) => Failure::DnsMismatched { replies },
        })
    }
}

/// A second, unconnected socket on a port whose first one is connected.
fn bystander(local: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(local), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&local.into())?;
    UdpSocket::from_std(socket.into())
}

/// The source of the next datagram from somebody else.
async fn strange(bystander: Option<&UdpSocket>, buffer: &mut [u8]) -> SocketAddr {
    if let Some(socket) = bystander {
        loop {
            match socket.recv_from(buffer).await {
                Ok((_, source)) => return source,
                // A socket that sends nothing has no error of its own to tell.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }
    std::future::pending().await
}
