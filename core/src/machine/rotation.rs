//! Replacing a connection by a new one: the old one serves until the new one stands, and is still heard for a moment then.

use super::session::{Predecessor, Session};
use super::{Machine, Phase, Random};
use crate::backoff::portion;
use crate::{Effect, Effects, Millis, Reason};

/// A rotation that failed is tried again after a random part of this range.
const AGAIN: (Millis, Millis) = (60_000, 120_000);

impl<In, Out> Machine<In, Out> {
    pub(super) fn begin_session(&self, now: Millis, random: Random<'_>) -> Session {
        Session {
            stable_at: Some(now.saturating_add(self.config.stable_after)),
            quiet_since: now,
            answer_by: None,
            rotate_at: self.rotate_at(now, random),
        }
    }

    fn rotate_at(&self, now: Millis, random: Random<'_>) -> Option<Millis> {
        let rotation = &self.config.rotation;
        let age = rotation.age.map(|range| between(range, now, random));
        let due = self.token.filter(|_| rotation.before_expiry).and_then(|claims| {
            // A token that is due already was all that the source had: no hurry to ask it for the same again.
            self.clock.due_at(&claims, self.config.leeway, now).map(|due| due.max(now.saturating_add(AGAIN.0)))
        });
        [age, due].into_iter().flatten().min()
    }

    pub(super) fn rotate(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        let Phase::Open(session) = self.phase else { return };
        self.close_predecessor(1000, effects);
        let session = Session { rotate_at: None, ..session };
        self.predecessor = Some(Predecessor { generation: self.generation, session, until: None });
        self.prepare(Reason::Rotation, now, effects);
    }

    /// The new connection stands. What the old one still has in flight is heard for a moment.
    pub(super) fn retire_predecessor(&mut self, now: Millis) {
        if let Some(predecessor) = &mut self.predecessor {
            predecessor.until = Some(now.saturating_add(self.config.rotation.overlap));
        }
    }

    pub(super) fn end_overlap(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        if self.predecessor.is_some_and(|predecessor| predecessor.until.is_some_and(|until| until <= now)) {
            self.close_predecessor(1000, effects);
        }
    }

    pub(super) fn close_predecessor(&mut self, code: u16, effects: &mut Effects<In, Out>) {
        if let Some(Predecessor { generation, .. }) = self.predecessor.take() {
            effects.push_back(Effect::CloseSocket { generation, code });
        }
    }

    /// The attempt to replace the connection goes on as an attempt like any other.
    pub(super) fn go_on_alone(&mut self, reason: Reason, effects: &mut Effects<In, Out>) {
        self.close_predecessor(1000, effects);
        self.reason = reason;
    }

    pub(super) fn predecessor_lost(&mut self, generation: u32, code: u16, effects: &mut Effects<In, Out>) {
        if self.predecessor.is_none_or(|predecessor| predecessor.generation != generation) {
            return;
        }
        effects.push_back(Effect::ForgetSocket { generation });
        self.predecessor = None;
        if !matches!(self.phase, Phase::Open(_)) {
            self.code = Some(code);
            self.attempt = self.attempt.saturating_add(1);
            self.go_on_alone(Reason::ConnectionLost, effects);
        }
    }

    /// The new connection failed, or was lost while the two overlapped: the old one goes on serving. False if there is none.
    pub(super) fn fall_back(&mut self, reason: Reason, now: Millis, random: Random<'_>) -> bool {
        let Some(Predecessor { generation, session, .. }) = self.predecessor.take() else { return false };
        self.generation = generation;
        self.code = None;
        self.enter(Phase::Open(Session { rotate_at: Some(between(AGAIN, now, random)), ..session }), reason);
        true
    }
}

fn between((least, most): (Millis, Millis), now: Millis, random: Random<'_>) -> Millis {
    now.saturating_add(least).saturating_add(portion(most.saturating_sub(least), random()))
}
