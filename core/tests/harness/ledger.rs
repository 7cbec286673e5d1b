use std::collections::VecDeque;

use everwire_core::{DropReason, Effect, Effects, Input, Millis, Reason, RefreshReason, State, Status};

/// How long a connection stands until it counts as stable.
const STABLE_AFTER: u128 = 10_000;

/// What the client wants to know of its token source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Question {
    Get,
    Lock,
    Refresh(RefreshReason),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Socket {
    pub(crate) generation: u32,
    pub(crate) open: bool,
}

#[derive(Clone, Copy, Debug)]
struct Message {
    id: u32,
    length: usize,
    /// By the ledger's own time, which never runs backward.
    since: u128,
}

/// The books of one client. Every effect is entered, and one that breaks a promise of the machine is refused by a panic:
/// so each test that drives a [`Host`](super::Host) checks all the promises.
pub(crate) struct Ledger {
    pub(crate) effects: Vec<Effect<u32, u32>>,
    pub(crate) reports: Vec<(Millis, Status)>,
    pub(crate) question: Option<(Question, u32)>,
    pub(crate) lock_is_ours: bool,
    pub(crate) socket: Option<Socket>,
    pub(crate) transmitted: Vec<u32>,
    pub(crate) dropped: Vec<(u32, DropReason)>,
    pub(crate) delivered: Vec<u32>,
    /// The newest generation that an effect named.
    pub(crate) generation: u32,
    pub(crate) lifetime: Millis,
    pub(crate) longest_first_wait: Millis,
    waiting_messages: VecDeque<Message>,
    status: Status,
    opened_at: u128,
    /// A session stood for ten seconds, and no wait has followed yet.
    was_stable: bool,
    app_wants_none: bool,
    must_forget: bool,
    now: Millis,
    elapsed: u128,
}

impl Ledger {
    pub(crate) fn new(now: Millis) -> Self {
        Self {
            effects: Vec::new(),
            reports: Vec::new(),
            question: None,
            lock_is_ours: false,
            socket: None,
            transmitted: Vec::new(),
            dropped: Vec::new(),
            delivered: Vec::new(),
            generation: 0,
            lifetime: 60_000,
            longest_first_wait: 800,
            waiting_messages: VecDeque::new(),
            status: Status::idle(),
            opened_at: 0,
            was_stable: false,
            app_wants_none: true,
            must_forget: false,
            now,
            elapsed: 0,
        }
    }

    pub(crate) fn waiting_messages(&self) -> (usize, usize) {
        (self.waiting_messages.len(), self.waiting_messages.iter().map(|message| message.length).sum())
    }

    /// Time that has passed, whatever the clock was set to.
    pub(crate) fn turn_to(&mut self, now: Millis) {
        self.elapsed += u128::from(now.saturating_sub(self.now));
        self.now = now;
        if self.socket.is_some_and(|socket| socket.open) && self.elapsed - self.opened_at >= STABLE_AFTER {
            self.was_stable = true;
        }
    }

    /// Enters what an input means for the outside, before the machine sees it.
    pub(crate) fn expect(&mut self, input: &Input<u32>, now: Millis) {
        self.turn_to(now);
        match (input, self.question) {
            (Input::Open | Input::Reconnect, _) => {
                self.app_wants_none = false;
                self.was_stable &= !matches!(self.status.state, State::Idle | State::AuthRequired | State::Closed);
            }
            (Input::Close { .. }, _) => self.app_wants_none = true,
            (Input::Locked { generation }, Some((Question::Lock, of))) if *generation == of => {
                self.question = None;
                self.lock_is_ours = true;
            }
            (Input::Token { generation, .. }, Some((Question::Get | Question::Refresh(_), of)))
                if *generation == of =>
            {
                self.question = None;
            }
            (Input::Opened { generation }, _) => {
                let is_it = |socket: &&mut Socket| socket.generation == *generation && !socket.open;
                if let Some(socket) = self.socket.as_mut().filter(is_it) {
                    socket.open = true;
                    self.opened_at = self.elapsed;
                }
            }
            (Input::Lost { generation, .. }, _) => {
                self.must_forget = self.socket.is_some_and(|socket| socket.generation == *generation);
            }
            _ => {}
        }
    }

    /// Enters a message that was not refused, before the effects of sending it.
    pub(crate) fn note_sent(&mut self, id: u32, length: usize) {
        self.waiting_messages.push_back(Message { id, length, since: self.elapsed });
    }

    pub(crate) fn record(&mut self, effects: Effects<u32, u32>, status: Status, deadline: Option<Millis>) {
        for effect in effects {
            self.enter(&effect);
            self.effects.push(effect);
        }
        assert_eq!(self.status, status, "a change of status is reported");
        assert!(!self.must_forget, "a socket that was lost is forgotten");
        if status.state != State::Preparing {
            assert_eq!(self.question, None, "no question outlives its attempt: {status:?}");
            assert!(!self.lock_is_ours, "the lock is given back: {status:?}");
        }
        let live = matches!(status.state, State::Connecting | State::Open);
        assert_eq!(self.socket.is_some(), live, "{status:?}");
        for message in &self.waiting_messages {
            assert!(self.elapsed - message.since < u128::from(self.lifetime), "{message:?} waits too long");
        }
        if status.state == State::Closed {
            assert_eq!(self.waiting_messages(), (0, 0), "nothing waits in a closed client");
            assert_eq!(deadline, None, "nothing is due in a closed client");
        }
        match (status.state, status.until) {
            (State::Waiting, Some(until)) | (State::Offline, Some(until)) => {
                assert!(deadline.is_some_and(|deadline| deadline <= until), "a wait is woken from")
            }
            (State::Offline, None) => {}
            (_, until) => assert_eq!(until, None, "{status:?}"),
        }
    }

    fn enter(&mut self, effect: &Effect<u32, u32>) {
        match *effect {
            Effect::GetToken { generation } => self.ask(Question::Get, generation),
            Effect::AcquireLock { generation } => {
                assert!(!self.lock_is_ours, "a lock is taken once");
                self.ask(Question::Lock, generation);
            }
            Effect::RefreshToken { generation, reason } => {
                assert!(self.lock_is_ours, "a refresh happens under the lock");
                self.ask(Question::Refresh(reason), generation);
            }
            Effect::ReleaseLock => {
                assert!(self.lock_is_ours, "only a lock that is held can be released");
                self.lock_is_ours = false;
            }
            Effect::AbortPrepare => {
                self.question = None;
                self.lock_is_ours = false;
            }
            Effect::OpenSocket { generation } => {
                assert!(!self.app_wants_none, "no socket after close");
                assert_eq!(self.socket, None, "one socket at a time");
                self.generation = generation;
                self.socket = Some(Socket { generation, open: false });
            }
            Effect::CloseSocket { .. } | Effect::ForgetSocket => {
                assert!(self.socket.is_some(), "no socket to end");
                assert_eq!(
                    self.must_forget,
                    matches!(effect, Effect::ForgetSocket),
                    "lost sockets alone are forgotten"
                );
                self.must_forget = false;
                self.socket = None;
            }
            Effect::Transmit { payload } => {
                assert!(self.socket.is_some_and(|socket| socket.open), "messages go to an open socket");
                self.leaves(payload, true);
                self.transmitted.push(payload);
            }
            Effect::Drop { payload, reason } => {
                let message = self.leaves(payload, reason != DropReason::Overflow);
                let expired = self.elapsed - message.since >= u128::from(self.lifetime);
                assert!(expired || reason != DropReason::Expired, "{message:?} is not that old");
                self.dropped.push((payload, reason));
            }
            Effect::Deliver { ref frame } => {
                assert!(self.socket.is_some_and(|socket| socket.open), "messages come from an open socket");
                self.delivered.push(frame.payload);
            }
            Effect::Report { status } => {
                assert_ne!(self.status, status, "only a change is reported");
                if status.state == State::Waiting {
                    self.check_wait(status);
                }
                self.status = status;
                self.reports.push((self.now, status));
            }
        }
    }

    fn ask(&mut self, question: Question, generation: u32) {
        assert!(!self.app_wants_none, "no question after close");
        assert_eq!(self.question, None, "one question at a time");
        assert_eq!(self.socket, None, "no question beside a socket");
        self.generation = generation;
        self.question = Some((question, generation));
    }

    /// Later waits are longer than the floor, the first after a stable session is short, a wake signal leaves a second.
    fn check_wait(&mut self, status: Status) {
        let wait = status.until.unwrap().saturating_sub(self.now);
        if status.reason == Reason::Wake {
            assert!(wait <= 1_000, "{wait} ms after a wake signal");
        } else if self.status.state != State::Waiting {
            let at_cap =
                status.reason == Reason::ConnectionLost && matches!(status.code, Some(1002 | 1003 | 1007 | 1010));
            let bounds = if self.was_stable && !at_cap { 0..=self.longest_first_wait } else { 250..=30_250 };
            assert!(bounds.contains(&wait), "{wait} ms, {status:?}");
            self.was_stable = false;
        }
        assert!(wait <= self.longest_first_wait.max(30_250), "{wait} ms");
    }

    /// A message leaves once, and in its turn; a full queue may also refuse the newest.
    fn leaves(&mut self, id: u32, in_turn: bool) -> Message {
        let at = self.waiting_messages.iter().position(|message| message.id == id);
        let at = at.unwrap_or_else(|| panic!("message {id} left already"));
        let newest = at + 1 == self.waiting_messages.len();
        assert!(at == 0 || (!in_turn && newest), "message {id} left before its turn");
        self.waiting_messages.remove(at).unwrap_or_else(|| unreachable!())
    }
}
