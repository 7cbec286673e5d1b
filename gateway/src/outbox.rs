//! What waits to be written to one client, bounded in bytes and number.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::ending::Ending;

/// How many texts may wait, however short they are: each costs memory beside its bytes.
const MAX_TEXTS: usize = 4096;

/// Text messages and at most one order to end, from any task to the one that owns the socket.
#[derive(Debug)]
pub(crate) struct Outbox {
    limit: usize,
    state: Mutex<State>,
    owner: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    texts: VecDeque<Utf8Bytes>,
    bytes: usize,
    ending: Option<Ending>,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PushError {
    /// The client has not read enough of what it was sent before.
    Full,
    /// The connection is closing or closed.
    Closed,
}

impl Outbox {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default(), owner: AtomicWaker::new() }
    }

    /// Queues a text, unless the queue would then hold more bytes than its limit, or more than [`MAX_TEXTS`].
    pub(crate) fn push(&self, text: Utf8Bytes) -> Result<(), PushError> {
        {
            let mut state = self.state();
            if state.ending.is_some() {
                return Err(PushError::Closed);
            }
            if state.bytes + text.len() > self.limit || state.texts.len() >= MAX_TEXTS {
                return Err(PushError::Full);
            }
            state.bytes += text.len();
            state.texts.push_back(text);
        }
        self.owner.wake();
        Ok(())
    }

    /// Orders the connection to end and takes nothing more. The first order counts, but an abrupt one overrules a polite
    /// one. Returns whether the order was the first.
    pub(crate) fn end(&self, ending: Ending) -> bool {
        let first = {
            let mut state = self.state();
            let first = state.ending.is_none();
            if first || ending.is_abrupt() {
                if ending.is_abrupt() {
                    state.texts = VecDeque::new();
                    state.bytes = 0;
                }
                state.ending = Some(ending);
            }
            first
        };
        self.owner.wake();
        first
    }

    /// Lets the owner look at its socket again, because something other than this outbox has changed.
    pub(crate) fn wake(&self) {
        self.owner.wake();
    }

    /// Whom to wake for the next text or order.
    pub(crate) fn register(&self, owner: &Waker) {
        self.owner.register(owner);
    }

    /// The next text to write.
    pub(crate) fn pop(&self) -> Option<Utf8Bytes> {
        let mut state = self.state();
        let text = state.texts.pop_front()?;
        state.bytes -= text.len();
        if state.texts.is_empty() {
            // An idle connection keeps no memory of a busy past.
            state.texts = VecDeque::new();
        }
        Some(text)
    }

    /// The order to end, once there is one.
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.state().ending.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn texts_come_out_in_the_order_they_went_in() {
        let outbox = Outbox::new(10);
        outbox.push("a".into()).unwrap();
        outbox.push("b".into()).unwrap();
        assert_eq!(outbox.pop().unwrap(), "a");
        assert_eq!(outbox.pop().unwrap(), "b");
        assert!(outbox.pop().is_none());
    }

    #[test]
    fn the_limit_counts_the_bytes_that_wait() {
        let outbox = Outbox::new(4);
        outbox.push("abc".into()).unwrap();
        assert_eq!(outbox.push("de".into()), Err(PushError::Full));
        outbox.push("d".into()).unwrap();
        outbox.pop().unwrap();
        outbox.push("xyz".into()).unwrap();
    }

    #[test]
    fn texts_without_bytes_do_not_pile_up() {
        let outbox = Outbox::new(10);
        for _ in 0..MAX_TEXTS {
            outbox.push("".into()).unwrap();
        }
        assert_eq!(outbox.push("".into()), Err(PushError::Full));
        outbox.pop().unwrap();
        outbox.push("".into()).unwrap();
    }

    #[test]
    fn nothing_is_taken_after_an_ending_but_what_waits_is_still_written() {
        let outbox = Outbox::new(10);
        outbox.push("last".into()).unwrap();
        assert!(outbox.end(Ending::going_away()));
        assert_eq!(outbox.push("late".into()), Err(PushError::Closed));
        assert_eq!(outbox.pop().unwrap(), "last");
    }

    #[test]
    fn an_abrupt_ending_overrules_a_polite_one_and_drops_what_waits() {
        let outbox = Outbox::new(10);
        outbox.push("never read".into()).unwrap();
        outbox.end(Ending::going_away());
        assert!(!outbox.end(Ending::killed()));
        assert!(outbox.ending().unwrap().is_abrupt());
        assert!(outbox.pop().is_none());
        outbox.end(Ending::going_away());
        assert!(outbox.ending().unwrap().is_abrupt());
    }
}
