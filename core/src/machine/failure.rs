//! Attempts that fail, connections that are lost, and how long to wait after each.

use super::{Machine, Phase, Random};
use crate::close::{Verdict, verdict};
use crate::{Effect, Effects, Millis, Reason};

/// A forced refresh follows so many handshakes that failed: a browser does not tell a refused token from a dead server.
pub(super) const FAILURES_BEFORE_REFRESH: u32 = 2;

impl<In, Out> Machine<In, Out> {
    pub(super) fn lost(&mut self, code: u16, now: Millis, random: Random<'_>, effects: &mut Effects<In, Out>) {
        match self.phase {
            Phase::Connecting { .. } => {
                effects.push_back(Effect::ForgetSocket { generation: self.generation });
                self.code = Some(code);
                self.handshake_failed(Reason::HandshakeFailed, now, random);
            }
            Phase::Open(_) => {
                effects.push_back(Effect::ForgetSocket { generation: self.generation });
                self.code = Some(code);
                match verdict(code) {
                    Verdict::Retry => self.wait(Reason::ConnectionLost, None, now, random),
                    Verdict::RetryAtCap => {
                        let delay = self.config.backoff.at_cap(random());
                        self.wait(Reason::ConnectionLost, Some(delay), now, random);
                    }
                    Verdict::Refresh if self.rejected || !self.config.token => {
                        self.require_auth(Reason::Rejected, effects)
                    }
                    Verdict::Refresh => {
                        self.rejected = true;
                        self.refuse_token();
                        self.wait(Reason::ConnectionLost, None, now, random);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn handshake_failed(&mut self, reason: Reason, now: Millis, random: Random<'_>) {
        self.handshakes_failed = self.handshakes_failed.saturating_add(1);
        if self.handshakes_failed == FAILURES_BEFORE_REFRESH {
            self.refuse_token();
        }
        self.wait(reason, None, now, random);
    }

    /// The attempt is over, and nothing of it is heard any more; the next one starts after a wait.
    pub(super) fn wait(&mut self, reason: Reason, delay: Option<Millis>, now: Millis, random: Random<'_>) {
        if self.fall_back(reason, now, random) {
            return;
        }
        self.begin_generation();
        self.attempt = self.attempt.saturating_add(1);
        let backoff = &self.config.backoff;
        let delay = delay.unwrap_or_else(|| {
            if self.was_stable {
                backoff.first(random(), random())
            } else {
                let waits = self.waits;
                self.waits = waits.saturating_add(1);
                backoff.later(waits, random())
            }
        });
        self.was_stable = false;
        self.enter(Phase::Waiting { until: now.saturating_add(delay) }, reason);
    }

    pub(super) fn require_auth(&mut self, reason: Reason, effects: &mut Effects<In, Out>) {
        self.abort_prepare(effects);
        self.close_predecessor(1000, effects);
        self.begin_generation();
        self.enter(Phase::AuthRequired, reason);
    }

    /// Looked at before any input, whatever it is: a throttled tick may be late, but the time has passed all the same.
    pub(super) fn note_stable(&mut self, now: Millis) {
        let Some(session) = self.session_mut() else { return };
        if session.is_proven(now) {
            session.stable_at = None;
            self.forget_failures();
            self.was_stable = true;
        }
    }

    pub(super) fn forget_failures(&mut self) {
        self.waits = 0;
        self.handshakes_failed = 0;
        self.timed_out = false;
        self.rejected = false;
        self.was_stable = false;
        self.attempt = 0;
    }
}
