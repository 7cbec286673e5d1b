//! From nothing to a token that is good to connect with.

use super::failure::FAILURES_BEFORE_REFRESH;
use super::{Machine, Phase, Prepare, Random};
use crate::{Claims, DropReason, Effect, Effects, Millis, Reason, RefreshReason, TokenFailure};

impl<In, Out> Machine<In, Out> {
    /// The one way to a connection: timer, wake signal, app, all come through here, so that none can forget the token.
    pub(super) fn prepare(&mut self, reason: Reason, now: Millis, effects: &mut Effects<In, Out>) {
        self.begin_generation();
        if self.config.token {
            self.reason = reason;
            self.ask_token(Prepare::Get, now, effects);
        } else {
            self.connect(reason, now, effects);
        }
    }

    pub(super) fn ask_token(&mut self, step: Prepare, now: Millis, effects: &mut Effects<In, Out>) {
        let generation = self.generation;
        // Whoever holds the lock reads and refreshes under it, which may take twice the timeout.
        let patience = if matches!(step, Prepare::Lock(_)) { 3 } else { 1 };
        let deadline = now.saturating_add(self.config.provider_timeout.saturating_mul(patience));
        effects.push_back(match step {
            Prepare::Get | Prepare::GetAgain(_) => Effect::GetToken { generation },
            Prepare::Lock(_) => Effect::AcquireLock { generation },
            Prepare::Refresh(reason) => Effect::RefreshToken { generation, reason },
        });
        self.phase = Phase::Preparing { step, deadline };
    }

    pub(super) fn token(
        &mut self,
        result: Result<Option<Claims>, TokenFailure>,
        now: Millis,
        random: Random<'_>,
        effects: &mut Effects<In, Out>,
    ) {
        let Phase::Preparing { step, .. } = self.phase else { return };
        let holds_lock = matches!(step, Prepare::GetAgain(_) | Prepare::Refresh(_));
        let claims = match (step, result) {
            (Prepare::Lock(_), _) => return,
            (Prepare::Get | Prepare::GetAgain(_), Ok(claims)) => match (self.why_refresh(claims, now), step) {
                (None, _) => claims,
                (Some(_), Prepare::GetAgain(reason)) => return self.ask_token(Prepare::Refresh(reason), now, effects),
                (Some(reason), _) => return self.ask_token(Prepare::Lock(reason), now, effects),
            },
            (Prepare::Refresh(_), Ok(Some(claims))) => {
                self.clock.observe(&claims, now);
                Some(claims)
            }
            (Prepare::Refresh(_), Ok(None)) | (_, Err(TokenFailure::Unauthorized)) => {
                return self.require_auth(Reason::Unauthorized, effects);
            }
            (_, Err(TokenFailure::Transient)) => {
                self.abort_prepare(effects);
                return self.wait(Reason::TokenFailed, None, now, random);
            }
        };
        if holds_lock {
            effects.push_back(Effect::ReleaseLock);
        }
        // A source whose refresh brings the refused token again has no other: asking at each attempt would not change that.
        self.refused = None;
        self.woken = false;
        // A token that came between two failures is the refresh that they would force. Without this, tabs that fail one after
        // the other would refresh one after the other.
        if self.handshakes_failed > 0 && self.token != claims {
            self.handshakes_failed = self.handshakes_failed.max(FAILURES_BEFORE_REFRESH);
        }
        self.token = claims;
        self.notice_subject(effects);
        self.connect(Reason::Progress, now, effects);
    }

    /// Why this token has to be refreshed before it is used, if it has to.
    fn why_refresh(&mut self, claims: Option<Claims>, now: Millis) -> Option<RefreshReason> {
        let Some(claims) = claims else { return Some(RefreshReason::Initial) };
        self.clock.see(&claims, now);
        if self.refused == Some(claims.fingerprint) {
            Some(RefreshReason::Rejected)
        } else if self.clock.is_due(&claims, self.config.leeway, now) {
            Some(if self.woken { RefreshReason::Wake } else { RefreshReason::Expiring })
        } else {
            None
        }
    }

    pub(super) fn locked(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        if let Phase::Preparing { step: Prepare::Lock(reason), .. } = self.phase {
            self.ask_token(Prepare::GetAgain(reason), now, effects);
        }
    }

    /// What one user queued must not go out as another.
    pub(super) fn notice_subject(&mut self, effects: &mut Effects<In, Out>) {
        let Some(subject) = self.token.and_then(|claims| claims.subject) else { return };
        if self.subject.is_some_and(|before| before != subject) {
            self.clear_queue(DropReason::SubjectChanged, effects);
            self.close_predecessor(1000, effects);
        }
        self.subject = Some(subject);
    }

    pub(super) fn abort_prepare(&self, effects: &mut Effects<In, Out>) {
        if matches!(self.phase, Phase::Preparing { .. }) {
            effects.push_back(Effect::AbortPrepare);
        }
    }

    pub(super) fn refuse_token(&mut self) {
        self.refused = self.token.map(|claims| claims.fingerprint);
    }
}
