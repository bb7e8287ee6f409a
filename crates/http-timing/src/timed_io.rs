//! A stream that notes when bytes went and came.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of an answer that are kept to quote them.
const OPENING: usize = 48;

/// What was noted for the request under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    pub(crate) first_write: Option<Instant>,
    pub(crate) last_write: Option<Instant>,
    /// The first read after the last write so far.
    pub(crate) first_read: Option<Instant>,
    pub(crate) received: u64,
    /// The first bytes of the answer, at most [`OPENING`].
    pub(crate) opening: Vec<u8>,
}

/// Shared between the stream, which hyper owns, and the exchange.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notebook(Arc<Mutex<Marks>>);

impl Notebook {
    pub(crate) fn marks(&self) -> Marks {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn reset(&self) {
        self.note(|marks| *marks = Marks::default());
    }

    fn note(&self, change: impl FnOnce(&mut Marks)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[derive(Debug)]
pub(crate) struct TimedIo<S> {
    stream: S,
    notebook: Notebook,
}

impl<S> TimedIo<S> {
    pub(crate) fn new(stream: S, notebook: Notebook) -> Self {
        Self { stream, notebook }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedIo<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        let length = buffer.filled().len() - before;
        if length > 0 {
            this.notebook.note(|marks| {
                marks.first_read.get_or_insert_with(Instant::now);
                marks.received += u64::try_from(length).unwrap_or(0);
                let room = OPENING.saturating_sub(marks.opening.len());
                let came = &buffer.filled()[before..];
                marks.opening.extend(came.iter().take(room));
            });
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedIo<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(context, bytes);
        if matches!(polled, Poll::Ready(Ok(_))) {
            this.notebook.note(|marks| {
                let now = Instant::now();
                marks.first_write.get_or_insert(now);
                marks.last_write = Some(now);
                marks.first_read = None;
                marks.opening.clear();
            });
        }
        polled
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
