//! Connections that stand: the one that serves, and the one that it replaces.

use super::{Machine, Phase};
use crate::Millis;

/// A connection that stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Session {
    /// Gone once the connection counts as stable.
    pub(super) stable_at: Option<Millis>,
    /// When the last message arrived, or the last ping went out if that was later.
    pub(super) quiet_since: Millis,
    /// When an answer that is waited for is late.
    pub(super) answer_by: Option<Millis>,
    /// When it is to be replaced.
    pub(super) rotate_at: Option<Millis>,
}

/// The connection that a rotation replaces. While the new one is being made, this one serves; beside an open one it is
/// only heard. A client that waits or stands still has none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Predecessor {
    pub(super) generation: u32,
    pub(super) session: Session,
    /// When it is closed, once the new one stands.
    pub(super) until: Option<Millis>,
}

impl Session {
    /// When something of it is due, where so long a silence calls for a ping.
    pub(super) fn deadline(&self, silence: Option<Millis>) -> Option<Millis> {
        let ping_at = silence.map(|silence| self.quiet_since.saturating_add(silence));
        [self.answer_by.or(self.stable_at), ping_at, self.rotate_at].into_iter().flatten().min()
    }

    /// Whether it has stood for long enough. One that owes an answer has not: it may be dead since the handshake.
    pub(super) fn is_proven(&self, now: Millis) -> bool {
        self.answer_by.is_none() && self.stable_at.is_some_and(|at| at <= now)
    }
}

impl<In, Out> Machine<In, Out> {
    /// The generation of the socket that messages go out by, if there is one.
    pub fn live(&self) -> Option<u32> {
        match self.phase {
            Phase::Open(_) => Some(self.generation),
            _ => self.predecessor.map(|predecessor| predecessor.generation),
        }
    }

    /// The session of the [`live`](Self::live) socket.
    pub(super) fn session_mut(&mut self) -> Option<&mut Session> {
        match &mut self.phase {
            Phase::Open(session) => Some(session),
            _ => self.predecessor.as_mut().map(|predecessor| &mut predecessor.session),
        }
    }

    /// The session of any socket that is heard: the live one, and its predecessor while they overlap.
    pub(super) fn heard_mut(&mut self, generation: u32) -> Option<&mut Session> {
        match (&mut self.phase, &mut self.predecessor) {
            (Phase::Open(session), _) if self.generation == generation => Some(session),
            (_, Some(predecessor)) if predecessor.generation == generation => Some(&mut predecessor.session),
            _ => None,
        }
    }
}
