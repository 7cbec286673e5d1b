//! One WebSocket: reading messages while writing what its outbox holds, with little memory of its own.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use crate::config::{MAX_ECHO_BYTES, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES};
use crate::ending::{Ending, Farewell};
use crate::faults::FaultyStream;
use crate::linger::linger;
use crate::outbox::Outbox;

/// Allocated for every connection, so it is what an idle one costs most.
const READ_BUFFER_BYTES: usize = 2 * 1024;
/// Small frames are gathered up to this before they are written.
const WRITE_BUFFER_BYTES: usize = 4 * 1024;
/// What a client can make the gateway hold in pongs, beside one frame.
const MAX_WRITE_BUFFER_BYTES: usize = 128 * 1024;

pub(crate) struct Socket {
    stream: WebSocketStream<FaultyStream>,
    /// What is left of a message that goes out in several frames.
    partial: Option<Bytes>,
    unflushed: bool,
    /// What was read and is to be sent back; nothing but in a protocol test.
    echo: Option<Message>,
    echoes: bool,
}

pub(crate) enum Incoming {
    Text(Utf8Bytes),
    /// A ping or pong, or what is sent back in a protocol test.
    Control,
    Ended(Ending),
}

impl Socket {
    /// A server's end of a stream after its handshake; `read` are bytes of frames that came with it.
    ///
    /// One that echoes sends back what it reads, instead of AWS's limits with those of a protocol test.
    pub(crate) async fn new(stream: FaultyStream, read: BytesMut, echoes: bool) -> Self {
        let (frame, message, write_buffer) = if echoes {
            (MAX_ECHO_BYTES, MAX_ECHO_BYTES, 2 * MAX_ECHO_BYTES)
        } else {
            (MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, MAX_WRITE_BUFFER_BYTES)
        };
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_write_buffer_size(write_buffer)
            .max_frame_size(Some(frame))
            .max_message_size(Some(message));
        let stream = WebSocketStream::from_partially_read(stream, read.into(), Role::Server, Some(config)).await;
        Self { stream, partial: None, unflushed: false, echo: None, echoes }
    }

    /// The next message, ping or pong. Meanwhile writes what the outbox holds and answers pings.
    pub(crate) async fn next(&mut self, outbox: &Outbox) -> Incoming {
        poll_fn(|cx| self.poll_next(outbox, cx)).await
    }

    fn poll_next(&mut self, outbox: &Outbox, cx: &mut Context<'_>) -> Poll<Incoming> {
        outbox.register(cx.waker());
        if let Some(ending) = outbox.ending() {
            return Poll::Ready(Incoming::Ended(ending));
        }
        let write_error = match self.poll_write(outbox, cx) {
            Poll::Ready(Err(error)) => Some(error),
            _ => None,
        };
        match (self.poll_read(cx), write_error) {
            // What the client said last counts more than that it listens no more.
            (Poll::Ready(incoming), _) => Poll::Ready(incoming),
            (Poll::Pending, Some(WsError::WriteBufferFull(_))) => Poll::Ready(Incoming::Ended(Ending::killed())),
            (Poll::Pending, Some(error)) => Poll::Ready(Incoming::Ended(Ending::by_error(&error))),
            (Poll::Pending, None) => Poll::Pending,
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if self.echo.is_some() {
            // It goes out first, and the writing wakes us.
            return Poll::Pending;
        }
        Poll::Ready(match ready!(self.stream.poll_next_unpin(cx)) {
            Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) if self.echoes => {
                self.echo = Some(message);
                Incoming::Control
            }
            Some(Ok(Message::Text(text))) => Incoming::Text(text),
            Some(Ok(Message::Binary(_))) => Incoming::Ended(Ending::binary()),
            Some(Ok(Message::Close(frame))) => Incoming::Ended(Ending::by_client(frame)),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Incoming::Control,
            Some(Err(error)) => Incoming::Ended(Ending::by_error(&error)),
            None => Incoming::Ended(Ending::lost()),
        })
    }

    fn poll_write(&mut self, outbox: &Outbox, cx: &mut Context<'_>) -> Poll<Result<(), WsError>> {
        loop {
            ready!(self.stream.poll_ready_unpin(cx))?;
            let Some(message) = self.next_frame(outbox) else { break };
            self.unflushed = true;
            self.stream.start_send_unpin(message)?;
        }
        if self.unflushed {
            ready!(self.stream.poll_flush_unpin(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// The next frame to write. A message beyond the frame limit goes out in several, so that one large message does not
    /// leave a large buffer with every connection.
    fn next_frame(&mut self, outbox: &Outbox) -> Option<Message> {
        if let Some(message) = self.echo.take() {
            return Some(message);
        }
        let (mut data, opcode) = match self.partial.take() {
            Some(rest) => (rest, OpCode::Data(Data::Continue)),
            None => {
                let text = outbox.pop()?;
                if text.len() <= MAX_FRAME_BYTES {
                    return Some(Message::Text(text));
                }
                (Bytes::from(text), OpCode::Data(Data::Text))
            }
        };
        let frame = data.split_to(data.len().min(MAX_FRAME_BYTES));
        let is_final = data.is_empty();
        self.partial = (!is_final).then_some(data);
        Some(Message::Frame(Frame::message(frame, opcode, is_final)))
    }

    /// Ends the connection as the ending asks, within a time limit; after it the client is reset.
    pub(crate) async fn close(mut self, outbox: &Outbox, ending: &Ending, limit: Duration) {
        let parted = match ending.farewell {
            Farewell::Nothing => true,
            Farewell::Reset => false,
            Farewell::CloseFrame | Farewell::Acknowledge => match self.stream.get_ref().closing_time() {
                Some(more) => timeout(limit.saturating_add(more), self.say_farewell(outbox, ending)).await.is_ok(),
                None => false,
            },
        };
        if !parted {
            // A linger of zero makes the drop a reset. If it fails, the peer is gone already.
            let _ = self.stream.get_mut().tcp().set_zero_linger();
        }
    }

    async fn say_farewell(&mut self, outbox: &Outbox, ending: &Ending) {
        if let Some(frame) = ending.close_frame() {
            let sent = match poll_fn(|cx| self.poll_write(outbox, cx)).await {
                Ok(()) => self.stream.send(Message::Close(Some(frame))).await,
                Err(error) => Err(error),
            };
            if sent.is_err() {
                return;
            }
        } else {
            // Reading on writes the answer to the client's close frame, and then ends.
            while self.stream.next().await.is_some() {}
        }
        let stream = self.stream.get_mut();
        // What a fault still holds back would otherwise come after the end. If it fails, the peer is gone.
        let _ = stream.flush().await;
        linger(stream.tcp()).await;
    }
}
