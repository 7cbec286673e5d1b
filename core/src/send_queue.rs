use alloc::collections::VecDeque;

use everwire_protocol::limits::MAX_OUTBOUND;

use crate::Millis;

/// What happens to messages that are sent while there is no connection. They wait, in order, and go out when it stands.
///
/// # Default
///
/// | part | value |
/// |---|---|
/// | `messages` | 256 |
/// | `bytes` | 1 MiB of UTF-8 |
/// | `lifetime` | 60 s each |
/// | `overflow` | [`Overflow::DropOldest`] |
/// | `largest` | 32,000 bytes for one message: API Gateway closes the connection at a frame above 32 KB |
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SendQueue {
    messages: usize,
    bytes: usize,
    lifetime: Millis,
    overflow: Overflow,
    largest: usize,
}

/// What to do with a message that finds the queue full. Whatever is dropped is reported.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Overflow {
    /// Drop from the front until the new message fits.
    #[default]
    DropOldest,
    /// Drop the new message.
    DropNewest,
}

/// What became of a message that was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sent {
    /// It was handed to the socket. Whether it arrives, no WebSocket tells.
    Sent,
    /// It waits for a connection.
    Queued,
    /// It will not be sent, and a drop was reported.
    Dropped,
}

impl Sent {
    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Queued => "queued",
            Self::Dropped => "dropped",
        }
    }
}

/// The message is larger than one frame may be. It was not sent and is not queued: it would close the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooLarge {
    /// Bytes of UTF-8 that it has.
    pub length: usize,
    /// Bytes of UTF-8 that it may have.
    pub limit: usize,
}

impl SendQueue {
    /// The defaults above.
    pub const fn new() -> Self {
        Self {
            messages: 256,
            bytes: 1024 * 1024,
            lifetime: 60_000,
            overflow: Overflow::DropOldest,
            largest: MAX_OUTBOUND,
        }
    }

    /// Sets how many messages may wait. 0: none waits, each is dropped and reported.
    #[must_use]
    pub const fn with_messages(mut self, messages: usize) -> Self {
        self.messages = messages;
        self
    }

    /// Sets how many bytes of UTF-8 may wait.
    #[must_use]
    pub const fn with_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Sets how long a message may wait, in milliseconds.
    #[must_use]
    pub const fn with_lifetime(mut self, lifetime: Millis) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Sets what to do with a message that finds the queue full.
    #[must_use]
    pub const fn with_overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// Sets the largest message, in bytes of UTF-8. API Gateway takes no frame above 32 KB, but another server may.
    #[must_use]
    pub const fn with_largest(mut self, largest: usize) -> Self {
        self.largest = largest;
        self
    }

    pub(crate) const fn check(&self, length: usize) -> Result<(), TooLarge> {
        if length > self.largest { Err(TooLarge { length, limit: self.largest }) } else { Ok(()) }
    }
}

impl Default for SendQueue {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug)]
struct Entry<Out> {
    payload: Out,
    length: usize,
    expires_at: Millis,
}

/// The messages that wait.
#[derive(Debug)]
pub(crate) struct Queue<Out> {
    policy: SendQueue,
    entries: VecDeque<Entry<Out>>,
    bytes: usize,
}

impl<Out> Queue<Out> {
    pub(crate) const fn new(policy: SendQueue) -> Self {
        Self { policy, entries: VecDeque::new(), bytes: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Queues a message. What has to go for it, itself perhaps, is handed to `dropped`.
    pub(crate) fn push(&mut self, payload: Out, length: usize, now: Millis, mut dropped: impl FnMut(Out)) -> Sent {
        let fits_at_all = self.policy.messages > 0 && length <= self.policy.bytes;
        if !fits_at_all || (self.policy.overflow == Overflow::DropNewest && !self.has_room(length)) {
            dropped(payload);
            return Sent::Dropped;
        }
        while !self.has_room(length) {
            match self.pop() {
                Some(oldest) => dropped(oldest),
                None => break,
            }
        }
        self.bytes += length;
        self.entries.push_back(Entry { payload, length, expires_at: now.saturating_add(self.policy.lifetime) });
        Sent::Queued
    }

    pub(crate) fn pop(&mut self) -> Option<Out> {
        let entry = self.entries.pop_front()?;
        self.bytes -= entry.length;
        Some(entry.payload)
    }

    /// When the next message expires: the front, since all live equally long.
    pub(crate) fn deadline(&self) -> Option<Millis> {
        self.entries.front().map(|entry| entry.expires_at)
    }

    pub(crate) fn pop_expired(&mut self, now: Millis) -> Option<Out> {
        if self.deadline()? <= now { self.pop() } else { None }
    }

    /// Moves every expiry back by as much as the clock was.
    pub(crate) fn rebase(&mut self, back: Millis) {
        for entry in &mut self.entries {
            entry.expires_at = entry.expires_at.saturating_sub(back);
        }
    }

    fn has_room(&self, length: usize) -> bool {
        self.entries.len() < self.policy.messages && length <= self.policy.bytes - self.bytes
    }
}
