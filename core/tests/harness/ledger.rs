use std::collections::VecDeque;

use everwire_core::{DropReason, Effect, Effects, Input, Machine, Millis, Reason, RefreshReason, State, Status};
use everwire_protocol::Kind;

use super::stability::Stability;

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
    opened_at: u128,
    /// A ping went out by it, and nothing has arrived by it since.
    unanswered: bool,
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
    /// In the order in which they were opened: two while one replaces the other.
    pub(crate) sockets: Vec<Socket>,
    /// By which socket each ping went out, and when.
    pub(crate) pings: Vec<(u32, Millis)>,
    pub(crate) transmitted: Vec<u32>,
    pub(crate) dropped: Vec<(u32, DropReason)>,
    pub(crate) delivered: Vec<u32>,
    /// The newest generation that an effect named.
    pub(crate) generation: u32,
    pub(crate) lifetime: Millis,
    pub(crate) longest_first_wait: Millis,
    pub(crate) overlap: Millis,
    /// The client may know that pings are answered.
    pub(crate) expects_pongs: bool,
    waiting_messages: VecDeque<Message>,
    status: Status,
    stability: Stability,
    app_wants_none: bool,
    must_forget: Option<u32>,
    must_deliver: bool,
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
            sockets: Vec::new(),
            pings: Vec::new(),
            transmitted: Vec::new(),
            dropped: Vec::new(),
            delivered: Vec::new(),
            generation: 0,
            lifetime: 60_000,
            longest_first_wait: 800,
            overlap: 1_000,
            expects_pongs: false,
            waiting_messages: VecDeque::new(),
            status: Status::idle(),
            stability: Stability::default(),
            app_wants_none: true,
            must_forget: None,
            must_deliver: false,
            now,
            elapsed: 0,
        }
    }

    pub(crate) fn waiting_messages(&self) -> (usize, usize) {
        (self.waiting_messages.len(), self.waiting_messages.iter().map(|message| message.length).sum())
    }

    /// The newest socket, open or not.
    pub(crate) fn socket(&self) -> Option<Socket> {
        self.sockets.last().copied()
    }

    /// The socket that messages have to go out by: the newest that is open.
    pub(crate) fn live(&self) -> Option<Socket> {
        self.sockets.iter().rev().find(|socket| socket.open).copied()
    }

    fn is_open(&self, generation: u32) -> bool {
        self.sockets.iter().any(|socket| socket.generation == generation && socket.open)
    }

    /// Time that has passed, whatever the clock was set to.
    pub(crate) fn turn_to(&mut self, now: Millis) {
        self.elapsed += u128::from(now.saturating_sub(self.now));
        self.now = now;
        if let Some(live) = self.live().filter(|live| self.elapsed - live.opened_at >= STABLE_AFTER) {
            self.stability.note(live.unanswered && self.expects_pongs);
        }
    }

    /// Enters what an input means for the outside, before the machine sees it.
    pub(crate) fn expect(&mut self, input: &Input<u32>, now: Millis) {
        self.turn_to(now);
        match (input, self.question) {
            (Input::Open | Input::Reconnect, _) => {
                self.app_wants_none = false;
                if matches!(self.status.state, State::Idle | State::AuthRequired | State::Closed) {
                    self.stability = Stability::default();
                }
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
                if let Some(socket) = self.sockets.iter_mut().find(is_it) {
                    socket.open = true;
                    socket.opened_at = self.elapsed;
                }
            }
            (Input::Lost { generation, .. }, _) => {
                let is_there = self.sockets.iter().any(|socket| socket.generation == *generation);
                self.must_forget = is_there.then_some(*generation);
            }
            (Input::Frame { generation, frame }, _) if self.is_open(*generation) => {
                self.must_deliver = matches!(frame.kind, Kind::Event | Kind::GatewayError);
                self.expects_pongs |= frame.kind == Kind::Pong;
                for socket in &mut self.sockets {
                    socket.unanswered &= socket.generation != *generation;
                }
            }
            _ => {}
        }
    }

    /// Enters a message that was not refused, before the effects of sending it.
    pub(crate) fn note_sent(&mut self, id: u32, length: usize) {
        self.waiting_messages.push_back(Message { id, length, since: self.elapsed });
    }

    pub(crate) fn record(&mut self, effects: Effects<u32, u32>, machine: &Machine<u32, u32>) {
        let (status, deadline) = (machine.status(), machine.deadline());
        for effect in effects {
            self.enter(&effect);
            self.effects.push(effect);
        }
        assert_eq!(self.status, status, "a change of status is reported");
        assert_eq!(self.must_forget, None, "a socket that was lost is forgotten");
        assert!(!self.must_deliver, "what an open socket brings is delivered");
        assert_eq!(machine.live(), self.live().map(|socket| socket.generation), "{status:?}");
        self.check_sockets(status, deadline);
        if self.question.is_none() {
            assert!(!self.lock_is_ours, "the lock is given back: {status:?}");
        }
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
                assert!(
                    self.sockets.len() < 2 && self.sockets.iter().all(|socket| socket.open),
                    "one attempt at a time"
                );
                self.generation = generation;
                self.sockets.push(Socket { generation, open: false, opened_at: 0, unanswered: false });
            }
            Effect::CloseSocket { generation, .. } | Effect::ForgetSocket { generation } => {
                let at = self.sockets.iter().position(|socket| socket.generation == generation);
                self.sockets.remove(at.expect("only a socket that is there can be ended"));
                let is_lost = self.must_forget.take_if(|lost| *lost == generation).is_some();
                assert_eq!(matches!(effect, Effect::ForgetSocket { .. }), is_lost, "lost sockets alone are forgotten");
            }
            Effect::Ping { generation } => {
                let live = self.sockets.iter_mut().rev().find(|socket| socket.open).expect("an open socket to ping");
                assert_eq!(live.generation, generation, "pings go to the live socket");
                live.unanswered = true;
                self.pings.push((generation, self.now));
            }
            Effect::Transmit { generation, payload } => {
                let live = self.live().map(|socket| socket.generation);
                assert_eq!(live, Some(generation), "messages go to the live socket");
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
                assert!(std::mem::take(&mut self.must_deliver), "messages come from an open socket, once each");
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
        assert!(self.sockets.len() < 2 && self.sockets.iter().all(|socket| socket.open), "one attempt at a time");
        self.generation = generation;
        self.question = Some((question, generation));
    }

    /// One attempt or one connection; both while the attempt replaces the connection, and two connections for a moment then.
    fn check_sockets(&self, status: Status, deadline: Option<Millis>) {
        let open = self.sockets.iter().filter(|socket| socket.open).count();
        let attempts = self.sockets.len() - open + usize::from(self.question.is_some());
        let expected = match status.state {
            State::Preparing | State::Connecting => (0, 1),
            State::Rotating => (1, 1),
            State::Open => (open.clamp(1, 2), 0),
            _ => (0, 0),
        };
        assert_eq!((open, attempts), expected, "{status:?}");
        match status.state {
            State::Preparing => assert!(self.question.is_some(), "{status:?}"),
            State::Connecting => assert_eq!(self.question, None, "{status:?}"),
            _ => {}
        }
        if open == 2 {
            assert!(
                deadline.is_some_and(|at| at <= self.now.saturating_add(self.overlap)),
                "the old connection's end is woken for"
            );
        }
    }

    /// Later waits are longer than the floor, the first after a stable session is short, a wake signal leaves a second.
    fn check_wait(&mut self, status: Status) {
        let wait = status.until.unwrap().saturating_sub(self.now);
        if status.reason == Reason::Wake {
            assert!(wait <= 1_000, "{wait} ms after a wake signal");
        } else if self.status.state != State::Waiting {
            let at_cap =
                status.reason == Reason::ConnectionLost && matches!(status.code, Some(1002 | 1003 | 1007 | 1010));
            let bounds = self.stability.take_bounds(self.longest_first_wait, at_cap);
            assert!(bounds.contains(&wait), "{wait} ms, {status:?}");
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
