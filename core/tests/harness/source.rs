use std::collections::VecDeque;

use everwire_core::{Claims, Millis, RefreshReason, TokenFailure};

use super::{HOUR, Question, START, token};

/// What a scripted token source answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Token(Claims),
    Nothing,
    Fail(TokenFailure),
    Hang,
}

/// A token source with its lock. The scripts come first; then `get` answers what is kept, and `refresh` mints.
pub(crate) struct Source {
    pub(crate) kept: Option<Claims>,
    pub(crate) get: VecDeque<Answer>,
    pub(crate) refresh: VecDeque<Answer>,
    /// Nobody else holds the lock.
    pub(crate) lock_is_free: bool,
    /// What another tab refreshes before it passes the lock on.
    pub(crate) other_tab: Option<Claims>,
    /// Issuer's time less the device's.
    pub(crate) issuer_ahead: i64,
    pub(crate) lifetime: Millis,
    pub(crate) refreshes: Vec<RefreshReason>,
    minted: u64,
}

impl Source {
    pub(crate) fn signed_in(now: Millis) -> Self {
        Self {
            kept: Some(token(1, now, HOUR)),
            get: VecDeque::new(),
            refresh: VecDeque::new(),
            lock_is_free: true,
            other_tab: None,
            issuer_ahead: 0,
            lifetime: HOUR,
            refreshes: Vec::new(),
            minted: START,
        }
    }

    /// None: no answer now. `Some(None)`: the lock.
    pub(crate) fn answer(
        &mut self,
        question: Question,
        now: Millis,
    ) -> Option<Option<Result<Option<Claims>, TokenFailure>>> {
        let scripted = match question {
            Question::Lock => {
                self.kept = self.other_tab.take().or(self.kept);
                return self.lock_is_free.then_some(None);
            }
            Question::Get => next(&mut self.get),
            Question::Refresh(_) => next(&mut self.refresh),
        };
        if let (Question::Refresh(reason), false) = (question, matches!(scripted, Some(Answer::Hang))) {
            self.refreshes.push(reason);
        }
        let result = match scripted {
            Some(Answer::Hang) => return None,
            Some(Answer::Nothing) => Ok(None),
            Some(Answer::Fail(failure)) => Err(failure),
            Some(Answer::Token(claims)) => Ok(Some(claims)),
            None if question == Question::Get => Ok(self.kept),
            None => Ok(Some(self.mint(now))),
        };
        if let (Question::Refresh(_), Ok(Some(claims))) = (question, result) {
            self.kept = Some(claims);
        }
        Some(Some(result))
    }

    /// The client gave up its question.
    pub(crate) fn give_up(&mut self, question: Option<(Question, u32)>) {
        let script = match question {
            Some((Question::Get, _)) => &mut self.get,
            Some((Question::Refresh(_), _)) => &mut self.refresh,
            Some((Question::Lock, _)) | None => return,
        };
        script.pop_front_if(|answer| matches!(answer, Answer::Hang));
    }

    /// A new token of the same user, dated by the issuer's clock.
    pub(crate) fn mint(&mut self, now: Millis) -> Claims {
        self.minted += 1;
        token(self.minted, now.saturating_add_signed(self.issuer_ahead), self.lifetime)
    }
}

/// A call that hangs stays so until the client gives up.
fn next(script: &mut VecDeque<Answer>) -> Option<Answer> {
    if matches!(script.front(), Some(Answer::Hang)) { Some(Answer::Hang) } else { script.pop_front() }
}
