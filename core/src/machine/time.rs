//! Deadlines: when the next one is, what happens then, and a clock that steps.

use super::session::{Predecessor, Session};
use super::{Machine, Phase, Random};
use crate::{Effect, Effects, Millis, Reason};

/// A tick so late, in milliseconds, means that the machine slept; a hidden page's timers alone may be a minute late.
const OVERSLEEP: (Millis, Millis) = (10_000, 75_000);

impl<In, Out> Machine<In, Out> {
    /// When to feed [`Input::Tick`](crate::Input::Tick), if nothing else happens before.
    pub fn deadline(&self) -> Option<Millis> {
        let phase = match self.phase {
            Phase::Preparing { deadline, .. } | Phase::Connecting { deadline } => Some(deadline),
            Phase::Waiting { until } => Some(until),
            Phase::Offline { until } => until,
            Phase::Open(session) => session.deadline(self.silence()),
            Phase::Idle | Phase::AuthRequired | Phase::Closed => None,
        };
        let predecessor = self.predecessor.and_then(|predecessor| match predecessor.until {
            Some(until) => Some(until),
            None => predecessor.session.deadline(self.silence()),
        });
        [phase, predecessor, self.queue.deadline()].into_iter().flatten().min()
    }

    pub(super) fn tick(&mut self, now: Millis, random: Random<'_>, effects: &mut Effects<In, Out>) {
        let late = self.deadline().map_or(0, |deadline| now.saturating_sub(deadline));
        if late > self.oversleep() {
            self.woke_late(now, effects);
        }
        self.end_overlap(now, effects);
        match self.phase {
            Phase::Preparing { deadline, .. } if deadline <= now => {
                self.abort_prepare(effects);
                self.wait(Reason::TokenTimeout, None, now, random);
            }
            Phase::Connecting { deadline } if deadline <= now => {
                effects.push_back(Effect::CloseSocket { generation: self.generation, code: 1000 });
                self.timed_out = true;
                self.handshake_failed(Reason::ConnectTimeout, now, random);
            }
            Phase::Waiting { until } if until <= now && !self.online => {
                let cap = self.config.backoff.cap();
                self.enter(Phase::Offline { until: Some(now.saturating_add(cap)) }, Reason::NetworkLost);
            }
            Phase::Open(Session { rotate_at: Some(at), .. }) if at <= now => self.rotate(now, effects),
            Phase::Waiting { until } | Phase::Offline { until: Some(until) } if until <= now => {
                self.prepare(Reason::Retry, now, effects)
            }
            _ => {}
        }
        self.check_life(now, random, effects);
    }

    fn oversleep(&self) -> Millis {
        if self.visible { OVERSLEEP.0 } else { OVERSLEEP.1 }
    }

    /// The clock stepped back: what was due in five seconds still is. (A clock that jumped ahead makes things due, which
    /// is right after a sleep.)
    pub(super) fn rebase(&mut self, now: Millis) {
        let back = self.last_now.saturating_sub(now);
        self.last_now = now;
        if back == 0 {
            return;
        }
        match &mut self.phase {
            Phase::Preparing { deadline: at, .. }
            | Phase::Connecting { deadline: at }
            | Phase::Waiting { until: at }
            | Phase::Offline { until: Some(at) } => *at = at.saturating_sub(back),
            Phase::Open(session) => session.rebase(back),
            Phase::Offline { until: None } | Phase::Idle | Phase::AuthRequired | Phase::Closed => {}
        }
        if let Some(Predecessor { session, until, .. }) = &mut self.predecessor {
            session.rebase(back);
            rebase(until, back);
        }
        self.queue.rebase(back);
        self.clock.rebase(back);
    }
}

impl Session {
    fn rebase(&mut self, back: Millis) {
        self.quiet_since = self.quiet_since.saturating_sub(back);
        for at in [&mut self.stable_at, &mut self.answer_by, &mut self.rotate_at] {
            rebase(at, back);
        }
    }
}

fn rebase(at: &mut Option<Millis>, back: Millis) {
    *at = at.map(|at| at.saturating_sub(back));
}
