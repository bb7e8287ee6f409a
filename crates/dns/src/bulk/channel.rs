//! A socket towards one server on a port of the kernel's choosing, and the ids in use on it.

use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr};

use aws_lc_rs::rand::fill;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::UdpSocket;

use crate::exchange::local_address;

/// Asked of the kernel for a burst of queries or replies; it may give less.
const BUFFER: usize = 4 << 20;
/// Random bytes fetched at once.
const POOL: usize = 4096;

/// A connected socket: the kernel takes datagrams from the server alone.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) socket: UdpSocket,
    /// The errno with which the kernel refused a route to the server: every question to it fails so.
    unreachable: Option<i32>,
    /// Of each id, the flight that uses it, plus one; 0: nobody. Small, so that the tables stay in the cache.
    owners: Vec<u16>,
}

impl Channel {
    pub(super) fn open(server: SocketAddr, source: Option<IpAddr>) -> io::Result<Self> {
        let socket = Socket::new(
            Domain::for_address(server),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        socket.set_nonblocking(true)?;
        // A smaller buffer costs retransmits at worst.
        socket.set_recv_buffer_size(BUFFER).ok();
        socket.set_send_buffer_size(BUFFER).ok();
        socket.bind(&local_address(server, source).into())?;
        let unreachable = match socket.connect(&server.into()) {
            Ok(()) => None,
            Err(error) => Some(error.raw_os_error().unwrap_or(libc::EIO)),
        };
        Ok(Self {
            unreachable,
            socket: UdpSocket::from_std(socket.into())?,
            owners: vec![0; 1 << 16],
        })
    }

    /// Sends at once or not at all, whatever the reactor knows about the socket.
    pub(super) fn send(&self, message: &[u8]) -> io::Result<usize> {
        if let Some(errno) = self.unreachable {
            return Err(io::Error::from_raw_os_error(errno));
        }
        SockRef::from(&self.socket).send(message)
    }

    /// Takes a datagram or an error at once, whatever the reactor knows about the socket.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*SockRef::from(&self.socket)).read(buffer)
    }

    /// The same; where there is nothing, the reactor learns of it and wakes for the next datagram.
    pub(super) fn receive_or_wait(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.try_recv(buffer)
    }

    /// Takes an id that nobody uses, at random.
    pub(super) fn take_id(&mut self, flight: u16, random: &mut Random) -> io::Result<u16> {
        loop {
            let id = random.id()?;
            let owner = &mut self.owners[usize::from(id)];
            if *owner == 0 {
                *owner = flight + 1;
                return Ok(id);
            }
        }
    }

    pub(super) fn release(&mut self, id: u16) {
        self.owners[usize::from(id)] = 0;
    }

    /// The flight that an arriving message claims to answer.
    pub(super) fn owner(&self, reply: &[u8]) -> Option<u16> {
        let id = u16::from_be_bytes(*reply.first_chunk::<2>()?);
        self.owners[usize::from(id)].checked_sub(1)
    }
}

/// Unpredictable bytes, fetched in bulk.
#[derive(Debug)]
pub(super) struct Random {
    pool: Vec<u8>,
}

impl Random {
    pub(super) fn new() -> Self {
        Self { pool: Vec::new() }
    }

    fn id(&mut self) -> io::Result<u16> {
        if self.pool.len() < 2 {
            self.pool.resize(POOL, 0);
            fill(&mut self.pool).map_err(|_| io::Error::other("no random bytes"))?;
        }
        let at = self.pool.len() - 2;
        let id = u16::from_be_bytes([self.pool[at], self.pool[at + 1]]);
        self.pool.truncate(at);
        Ok(id)
    }
}
