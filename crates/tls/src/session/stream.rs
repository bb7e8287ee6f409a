//! The byte stream over a finished handshake: rustls below, `AsyncRead` and `AsyncWrite` above.

use std::io::{self, Read as _, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustls::ClientConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Ciphertext that may wait for the socket before writers have to wait as well.
const BACKLOG: usize = 64 * 1024;

/// A TLS session over a stream. A peer that closes without `close_notify` shows as `UnexpectedEof`.
#[derive(Debug)]
pub struct TlsStream<S> {
    stream: S,
    connection: ClientConnection,
    /// Ciphertext received and not yet processed.
    incoming: Vec<u8>,
    /// Ciphertext not yet sent.
    outgoing: Vec<u8>,
    said_goodbye: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream<S> {
    pub(super) fn new(stream: S, connection: ClientConnection) -> Self {
        Self {
            stream,
            connection,
            incoming: Vec::new(),
            outgoing: Vec::new(),
            said_goodbye: false,
        }
    }

    fn collect_outgoing(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.outgoing)?;
        }
        Ok(())
    }

    fn poll_outgoing(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.collect_outgoing()?;
        while !self.outgoing.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.outgoing))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.drain(..written);
        }
        Poll::Ready(Ok(()))
    }

    /// Feeds waiting ciphertext to rustls, at most as much as it takes at once.
    fn process_incoming(&mut self) -> io::Result<()> {
        let mut rest = &self.incoming[..];
        self.connection.read_tls(&mut rest)?;
        let taken = self.incoming.len() - rest.len();
        self.incoming.drain(..taken);
        let processed = self.connection.process_new_packets();
        processed
            .map(|_| ())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for TlsStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            match this.connection.reader().read(buffer.initialize_unfilled()) {
                Ok(length) => {
                    buffer.advance(length);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
            if this.incoming.is_empty() {
                let mut space = [0; 16 * 1024];
                let mut chunk = ReadBuf::new(&mut space);
                ready!(Pin::new(&mut this.stream).poll_read(context, &mut chunk))?;
                this.incoming.extend_from_slice(chunk.filled());
                // An empty chunk is the end: rustls then tells a clean close from a cut.
            }
            let processed = this.process_incoming();
            // Answers such as key updates leave when the socket takes them; reading does not wait for that.
            if let Poll::Ready(Err(error)) = this.poll_outgoing(context) {
                return Poll::Ready(Err(processed.err().unwrap_or(error)));
            }
            processed?;
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TlsStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.outgoing.len() >= BACKLOG {
            ready!(this.poll_outgoing(context))?;
        }
        let taken = this.connection.writer().write(bytes)?;
        this.collect_outgoing()?;
        match this.poll_outgoing(context) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(taken)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_outgoing(context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.said_goodbye {
            this.said_goodbye = true;
            this.connection.send_close_notify();
        }
        ready!(this.poll_outgoing(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}
