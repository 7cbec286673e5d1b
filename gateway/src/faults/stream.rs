//! The TCP stream of a WebSocket, with the faults that are asked for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::held::{Held, closing_time};
use super::wire::Wire;
use crate::connection::Connection;
use crate::gateway::Gateway;

/// Without faults it is the TCP stream and costs no more.
#[derive(Debug)]
pub(crate) struct FaultyStream {
    tcp: TcpStream,
    gateway: Gateway,
    connection: Arc<Connection>,
    /// There while a fault holds bytes back.
    held: Option<Box<Held>>,
}

impl FaultyStream {
    pub(crate) fn new(tcp: TcpStream, gateway: Gateway, connection: Arc<Connection>) -> Self {
        Self { tcp, gateway, connection, held: None }
    }

    pub(crate) fn tcp(&mut self) -> &mut TcpStream {
        &mut self.tcp
    }

    /// How much longer than usual a closing handshake may take; none when nothing gets through.
    pub(crate) fn closing_time(&self) -> Option<Duration> {
        let wire = self.wire();
        (!wire.half_open).then(|| closing_time(wire))
    }

    fn wire(&self) -> Wire {
        self.connection.faults.wire.or(&self.gateway.0.faults.connections.wire)
    }

    /// The faults and what they hold, or nothing if there are none and nothing is held.
    fn faults(&mut self) -> Option<(Wire, &mut TcpStream, &mut Held)> {
        let wire = self.wire();
        if wire.is_sound() && self.held.as_ref().is_none_or(|held| held.is_empty()) {
            self.held = None;
            return None;
        }
        Some((wire, &mut self.tcp, self.held.get_or_insert_default()))
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.faults() {
            None => Pin::new(&mut self.tcp).poll_read(cx, into),
            // Whoever clears the fault wakes the connection.
            Some((Wire { half_open: true, .. }, ..)) => Poll::Pending,
            Some((wire, tcp, held)) => {
                // A failure to write shows when something is written or read.
                let _ = held.poll_send(tcp, wire, cx);
                held.poll_read(tcp, wire, cx, into)
            }
        }
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.faults() {
            None => Pin::new(&mut self.tcp).poll_write(cx, bytes),
            Some((Wire { half_open: true, .. }, ..)) => Poll::Pending,
            Some((wire, tcp, held)) => held.poll_accept(tcp, wire, cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.faults() {
            None => {}
            Some((Wire { half_open: true, .. }, ..)) => return Poll::Pending,
            Some((wire, tcp, held)) => ready!(held.poll_send(tcp, wire, cx))?,
        }
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(cx))?;
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
