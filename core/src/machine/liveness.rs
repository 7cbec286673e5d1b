//! Keeping a connection alive, and finding out that it is dead.

use everwire_protocol::Kind;

use super::{Machine, Phase, Random};
use crate::{Effect, Effects, Expect, Millis, Reason};

/// No setting makes a client ping more often than this, in milliseconds.
const SHORTEST_SILENCE: Millis = 1_000;

impl<In, Out> Machine<In, Out> {
    /// Anything that arrives is a sign of life, an error of the gateway too. False if this socket is not heard any more.
    pub(super) fn note_life(&mut self, generation: u32, kind: Kind, now: Millis) -> bool {
        let Some(session) = self.heard_mut(generation) else { return false };
        session.answer_by = None;
        session.quiet_since = now;
        self.answers |= kind == Kind::Pong;
        self.note_stable(now);
        true
    }

    /// Asks the server for a sign of life, and waits for it if this server is known to answer.
    pub(super) fn ping(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        let (Some(generation), true) = (self.live(), self.config.liveness.ping) else { return };
        let answer_by = self.expects_answer().then_some(now.saturating_add(self.config.liveness.deadline));
        if let Some(session) = self.session_mut() {
            session.quiet_since = now;
            session.answer_by = session.answer_by.or(answer_by);
            effects.push_back(Effect::Ping { generation });
        }
    }

    /// Asks at once, where an answer would tell something.
    pub(super) fn probe(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        if self.expects_answer() && self.session_mut().is_some_and(|session| session.answer_by.is_none()) {
            self.ping(now, effects);
        }
    }

    pub(super) fn ping_if_silent(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        let Some(silence) = self.silence() else { return };
        if self.session_mut().is_some_and(|session| session.quiet_since.saturating_add(silence) <= now) {
            self.ping(now, effects);
        }
    }

    /// What was due during a sleep is not judged: the answer may lie in the network's buffers. It is asked for again.
    pub(super) fn woke_late(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        self.woken = true;
        if let Some(session) = self.session_mut() {
            session.answer_by = None;
        }
        self.probe(now, effects);
    }

    pub(super) fn check_life(&mut self, now: Millis, random: Random<'_>, effects: &mut Effects<In, Out>) {
        if self.session_mut().is_some_and(|session| session.answer_by.is_some_and(|by| by <= now)) {
            self.unresponsive(now, random, effects);
        } else {
            self.ping_if_silent(now, effects);
        }
    }

    /// The browser may take minutes to report the close of a dead connection, so nobody waits for it.
    fn unresponsive(&mut self, now: Millis, random: Random<'_>, effects: &mut Effects<In, Out>) {
        let Phase::Open(session) = self.phase else {
            self.attempt = self.attempt.saturating_add(1);
            return self.go_on_alone(Reason::Unresponsive, effects);
        };
        effects.push_back(Effect::CloseSocket { generation: self.generation, code: 1000 });
        if session.stable_at.is_some() {
            // Perhaps the server answers pings no more, and no connection would ever be good enough: the next one is
            // judged only if it has answered once.
            self.answers = false;
            self.wait(Reason::Unresponsive, None, now, random);
        } else if !self.fall_back(Reason::Unresponsive, now, random) {
            self.attempt = self.attempt.saturating_add(1);
            self.prepare(Reason::Unresponsive, now, effects);
        }
    }

    /// After how long a silence a ping goes out, if pings are sent.
    pub(super) fn silence(&self) -> Option<Millis> {
        let liveness = &self.config.liveness;
        let silence = if self.visible { liveness.silence } else { liveness.hidden_silence };
        liveness.ping.then_some(silence.max(SHORTEST_SILENCE))
    }

    fn expects_answer(&self) -> bool {
        match self.config.liveness.expect {
            Expect::Learn => self.answers,
            Expect::Always => true,
            Expect::Never => false,
        }
    }
}
