//! Bytes that are on a long or narrow way.

use std::collections::VecDeque;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::wire::Wire;

/// How much is on its way in each direction at most; what goes beyond waits before it.
const MAX_BYTES: usize = 64 * 1024;
const READ_BYTES: usize = 4 * 1024;

/// What is on its way in both directions.
#[derive(Debug, Default)]
pub(super) struct Held {
    inbound: Queue,
    outbound: Queue,
    /// When the client ended its side.
    ended: Option<Instant>,
    written: Option<Instant>,
    read_timer: Timer,
    write_timer: Timer,
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.inbound.chunks.is_empty() && self.outbound.chunks.is_empty()
    }

    /// What has arrived after its delay.
    pub(super) fn poll_read(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        wire: Wire,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_receive(stream, cx)?;
        let Some(at) = self.inbound.next().or(self.ended) else { return Poll::Pending };
        ready!(self.read_timer.poll(at + wire.delay, cx));
        self.inbound.read(into);
        Poll::Ready(Ok(()))
    }

    /// Takes what the client sent, and notes when.
    fn poll_receive(&mut self, stream: &mut (impl AsyncRead + Unpin), cx: &mut Context<'_>) -> io::Result<()> {
        while self.ended.is_none() && self.inbound.bytes < MAX_BYTES {
            let mut space = [0; READ_BYTES];
            let mut chunk = ReadBuf::new(&mut space);
            match Pin::new(&mut *stream).poll_read(cx, &mut chunk) {
                Poll::Pending => break,
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Ready(Ok(())) if chunk.filled().is_empty() => self.ended = Some(Instant::now()),
                Poll::Ready(Ok(())) => self.inbound.add(chunk.filled()),
            }
        }
        Ok(())
    }

    /// Takes bytes for the client.
    pub(super) fn poll_accept(
        &mut self,
        stream: &mut (impl AsyncWrite + Unpin),
        wire: Wire,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Err(error)) = self.poll_send(stream, wire, cx) {
            return Poll::Ready(Err(error));
        }
        let length = bytes.len().min(MAX_BYTES - self.outbound.bytes);
        if length == 0 && !bytes.is_empty() {
            return Poll::Pending;
        }
        self.outbound.add(&bytes[..length]);
        Poll::Ready(Ok(length))
    }

    /// Writes what is due, and is ready when nothing is left.
    pub(super) fn poll_send(
        &mut self,
        stream: &mut (impl AsyncWrite + Unpin),
        wire: Wire,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some((at, chunk)) = self.outbound.chunks.front() {
            let arrival = *at + wire.delay;
            let turn = self.written.zip(wire.dribble).map(|(written, pause)| written + pause);
            ready!(self.write_timer.poll(turn.map_or(arrival, |turn| turn.max(arrival)), cx));
            let part = if wire.dribble.is_some() { &chunk[..1] } else { &chunk[..] };
            let length = ready!(Pin::new(&mut *stream).poll_write(cx, part))?;
            if length == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written = Some(Instant::now());
            self.outbound.advance(length);
        }
        Poll::Ready(Ok(()))
    }
}

/// Bytes in one direction, each chunk with the time it set out.
#[derive(Debug, Default)]
struct Queue {
    chunks: VecDeque<(Instant, Bytes)>,
    bytes: usize,
}

impl Queue {
    fn add(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes += bytes.len();
            self.chunks.push_back((Instant::now(), Bytes::copy_from_slice(bytes)));
        }
    }

    fn next(&self) -> Option<Instant> {
        self.chunks.front().map(|(at, _)| *at)
    }

    /// Moves as much of the first chunk as there is room for.
    fn read(&mut self, into: &mut ReadBuf<'_>) {
        let Some((_, chunk)) = self.chunks.front() else { return };
        let length = chunk.len().min(into.remaining());
        into.put_slice(&chunk[..length]);
        self.advance(length);
    }

    fn advance(&mut self, length: usize) {
        let Some((_, chunk)) = self.chunks.front_mut() else { return };
        chunk.advance(length);
        self.bytes -= length;
        if chunk.is_empty() {
            self.chunks.pop_front();
        }
    }
}

#[derive(Debug, Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    fn poll(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= at {
            return Poll::Ready(());
        }
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        sleep.as_mut().poll(cx)
    }
}

/// How much longer a closing handshake may take on such a way.
pub(super) fn closing_time(wire: Wire) -> Duration {
    /// A close frame with the longest reason.
    const FRAME_BYTES: u32 = 2 + 125;
    wire.delay * 2 + wire.dribble.unwrap_or_default() * FRAME_BYTES
}
