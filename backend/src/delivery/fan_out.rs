//! One event to one connection: when to try again, and when the row goes.

use std::time::Duration;

use bytes::Bytes;

use super::{Done, Op};
use crate::{
    clock::Millis,
    push::PushOutcome,
    store::{Connection, ConnectionState},
};

/// From this age on, a connection that API Gateway does not know is gone: `$connect` cannot outlast 29 s (*limits*), so by now the
/// handshake is over.
const CERTAIN: Duration = Duration::from_secs(60);

/// How long to wait before a young connection is tried again.
const RETRIES: [Duration; 3] = [Duration::from_millis(250), Duration::from_millis(500), Duration::from_millis(1000)];

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    Delivered,
    Gone,
    Pending,
    Failed(String),
}

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Do(Op),
    End(Verdict),
}

/// One event on its way to one connection.
#[derive(Debug)]
pub(crate) struct Posting {
    row: Connection,
    payload: Bytes,
    tried_again: usize,
}

impl Posting {
    pub(crate) fn begin(row: Connection, payload: Bytes) -> (Self, Step) {
        let posting = Self { row, payload, tried_again: 0 };
        let first = posting.post();
        (posting, first)
    }

    pub(crate) fn next(&mut self, done: Done, now: Millis) -> Step {
        match done {
            Done::Posted(outcome) => self.posted(outcome, now),
            Done::Waited => Step::Do(Op::Reread { id: self.row.id.clone() }),
            Done::Read(row) => self.reread(row),
            Done::Removed(_) => Step::End(Verdict::Gone),
            Done::StoreFailed(reason) => Step::End(Verdict::Failed(reason)),
        }
    }

    fn post(&self) -> Step {
        Step::Do(Op::Post { to: Box::new(self.row.clone()), payload: self.payload.clone() })
    }

    fn posted(&mut self, outcome: PushOutcome, now: Millis) -> Step {
        match outcome {
            PushOutcome::Delivered => Step::End(Verdict::Delivered),
            PushOutcome::Gone => self.unknown(now),
            PushOutcome::TooLarge => {
                Step::End(Verdict::Failed("the event is larger than API Gateway takes".to_owned()))
            }
            PushOutcome::Throttled => Step::End(Verdict::Failed("API Gateway throttles (429)".to_owned())),
            PushOutcome::Failed(reason) => Step::End(Verdict::Failed(reason)),
        }
    }

    /// API Gateway answers 410 for a closed connection, and just so for one whose `$connect` has not returned yet. The row goes only if
    /// the connection is known to have lived.
    fn unknown(&mut self, now: Millis) -> Step {
        if has_lived(&self.row, now) {
            return Step::Do(Op::RemoveGone { id: self.row.id.clone(), connected_at: self.row.connected_at });
        }
        match RETRIES.get(self.tried_again) {
            Some(&wait) => {
                self.tried_again += 1;
                Step::Do(Op::Wait(wait))
            }
            None => Step::End(Verdict::Pending),
        }
    }

    /// While we waited, the connection may have ended, or its id may have come to another one, which is not ours to post to.
    fn reread(&mut self, row: Option<Box<Connection>>) -> Step {
        match row {
            Some(row) if row.connected_at == self.row.connected_at && row.user == self.row.user => {
                self.row = *row;
                self.post()
            }
            _ => Step::End(Verdict::Gone),
        }
    }
}

fn has_lived(row: &Connection, now: Millis) -> bool {
    row.state == ConnectionState::Live || u128::from(now.saturating_sub(row.connected_at)) > CERTAIN.as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::row;

    const T0: Millis = 1_700_000_000_000;

    fn young() -> Connection {
        Connection { connected_at: T0, ..row("A", "u") }
    }

    fn live() -> Connection {
        Connection { state: ConnectionState::Live, ..young() }
    }

    const EVENT: Bytes = Bytes::from_static(b"{}");

    fn post(row: &Connection) -> Step {
        Step::Do(Op::Post { to: Box::new(row.clone()), payload: EVENT })
    }

    fn gone() -> Done {
        Done::Posted(PushOutcome::Gone)
    }

    #[test]
    fn a_410_removes_a_connection_that_has_lived() {
        for (name, row, now) in [
            ("heard before", live(), T0 + 1),
            ("heard before, clocks apart", live(), T0 - 5_000),
            ("older than 60 s", young(), T0 + 60_001),
        ] {
            let (mut posting, first) = Posting::begin(row.clone(), EVENT);
            assert_eq!(first, post(&row), "{name}");
            let remove = Op::RemoveGone { id: "A".into(), connected_at: T0 };
            assert_eq!(posting.next(gone(), now), Step::Do(remove), "{name}");
            assert_eq!(posting.next(Done::Removed(true), now), Step::End(Verdict::Gone), "{name}");
        }
    }

    #[test]
    fn a_410_of_a_young_connection_is_tried_three_times_and_the_row_is_kept() {
        let (mut posting, _) = Posting::begin(young(), EVENT);
        for wait in [250, 500, 1000] {
            assert_eq!(posting.next(gone(), T0 + 60_000), Step::Do(Op::Wait(Duration::from_millis(wait))));
            assert_eq!(posting.next(Done::Waited, T0), Step::Do(Op::Reread { id: "A".into() }));
            assert_eq!(posting.next(Done::Read(Some(Box::new(young()))), T0), post(&young()));
        }
        assert_eq!(posting.next(gone(), T0 + 2_000), Step::End(Verdict::Pending));
    }

    #[test]
    fn a_young_connection_that_opens_while_we_wait_gets_the_event() {
        let (mut posting, _) = Posting::begin(young(), EVENT);
        posting.next(gone(), T0);
        posting.next(Done::Waited, T0 + 250);
        assert_eq!(posting.next(Done::Read(Some(Box::new(live()))), T0 + 250), post(&live()));
        assert_eq!(posting.next(Done::Posted(PushOutcome::Delivered), T0 + 251), Step::End(Verdict::Delivered));
    }

    #[test]
    fn a_connection_that_was_heard_while_we_waited_and_is_unknown_again_is_gone() {
        let (mut posting, _) = Posting::begin(young(), EVENT);
        posting.next(gone(), T0);
        posting.next(Done::Waited, T0 + 250);
        posting.next(Done::Read(Some(Box::new(live()))), T0 + 250);
        assert!(matches!(posting.next(gone(), T0 + 251), Step::Do(Op::RemoveGone { .. })));
    }

    #[test]
    fn an_id_that_came_to_another_connection_while_we_waited_is_not_posted_to() {
        let of_another_user = Connection { user: "mallory".into(), ..young() };
        let later = Connection { connected_at: T0 + 100, ..young() };
        for row in [None, Some(of_another_user), Some(later)] {
            let (mut posting, _) = Posting::begin(young(), EVENT);
            posting.next(gone(), T0);
            posting.next(Done::Waited, T0 + 250);
            assert_eq!(posting.next(Done::Read(row.map(Box::new)), T0 + 250), Step::End(Verdict::Gone));
        }
    }

    #[test]
    fn other_outcomes_neither_repeat_nor_remove() {
        for (outcome, reason) in [
            (PushOutcome::TooLarge, "the event is larger than API Gateway takes"),
            (PushOutcome::Throttled, "API Gateway throttles (429)"),
            (PushOutcome::Failed("status 500".into()), "status 500"),
        ] {
            let (mut posting, _) = Posting::begin(live(), EVENT);
            assert_eq!(posting.next(Done::Posted(outcome), T0), Step::End(Verdict::Failed(reason.into())));
        }
    }

    #[test]
    fn a_store_that_fails_while_we_wait_ends_the_posting_and_keeps_the_row() {
        let (mut posting, _) = Posting::begin(young(), EVENT);
        posting.next(gone(), T0);
        posting.next(Done::Waited, T0 + 250);
        assert_eq!(posting.next(Done::StoreFailed("disk".into()), T0 + 250), Step::End(Verdict::Failed("disk".into())));
    }
}
