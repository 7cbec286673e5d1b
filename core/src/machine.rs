//! The connection state machine: the only place that decides to connect, to wait or to give up.

mod failure;
mod liveness;
mod prepare;
mod rotation;
mod session;
mod surroundings;
mod time;

use everwire_protocol::Kind;
use session::{Predecessor, Session};

use crate::send_queue::Queue;
use crate::token::IssuerClock;
use crate::{
    Claims, Config, DropReason, Effect, Effects, Input, Millis, Reason, RefreshReason, Sent, State, Status, TooLarge,
};

/// Random numbers in 0..1, injected: a test replays them, a browser takes `Math.random`.
pub(crate) type Random<'a> = &'a mut dyn FnMut() -> f64;

/// What the client is doing. Each deadline is a moment, never a count of ticks: a throttled timer only delays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Idle,
    Preparing {
        step: Prepare,
        deadline: Millis,
    },
    Connecting {
        deadline: Millis,
    },
    Open(Session),
    Waiting {
        until: Millis,
    },
    /// Without a deadline while the page is in the back-forward cache. With one otherwise: browsers have been wrong about
    /// being offline (a VPN, a server on this machine), and nobody may be stranded by that.
    Offline {
        until: Option<Millis>,
    },
    AuthRequired,
    Closed,
}

/// The steps from nothing to a token that is good to connect with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Prepare {
    Get,
    Lock(RefreshReason),
    /// Under the lock: whoever held it before may have refreshed.
    GetAgain(RefreshReason),
    Refresh(RefreshReason),
}

/// The state machine of one client. `In` is what an inbound message is decoded to, `Out` an outbound message; both pass
/// through.
#[derive(Debug)]
pub struct Machine<In, Out> {
    config: Config,
    phase: Phase,
    /// Why the phase was entered.
    reason: Reason,
    /// Attempts that failed, or connections lost, since the last stable connection.
    attempt: u32,
    /// The close code of the connection that was lost last, until the next one stands.
    code: Option<u16>,
    /// The status that the app knows.
    reported: Status,
    /// Of the current attempt, from its first question to its socket's end.
    generation: u32,
    /// The newest generation there was: one that is over does not come again.
    newest: u32,
    predecessor: Option<Predecessor>,
    queue: Queue<Out>,
    clock: IssuerClock,
    /// The token in use.
    token: Option<Claims>,
    /// The fingerprint of a token that a server seems to refuse, until there is another.
    refused: Option<u64>,
    /// The subject of the last token, over sign-outs too.
    subject: Option<u64>,
    /// Handshakes that failed since a connection stood.
    handshakes_failed: u32,
    /// Whether a handshake has timed out since a connection stood.
    timed_out: bool,
    /// Whether a server closed for the token's sake since the last stable connection.
    rejected: bool,
    /// Whether the next wait is the short one after a stable connection.
    was_stable: bool,
    /// Later waits since the last stable connection.
    waits: u32,
    online: bool,
    visible: bool,
    /// Whether this server is known to answer pings.
    answers: bool,
    woken: bool,
    last_now: Millis,
    passing: core::marker::PhantomData<fn(In) -> In>,
}

impl<In, Out> Machine<In, Out> {
    /// A client that nobody opened yet.
    pub const fn new(config: Config) -> Self {
        Self {
            config,
            phase: Phase::Idle,
            reason: Reason::App,
            attempt: 0,
            code: None,
            reported: Status::idle(),
            generation: 0,
            newest: 0,
            predecessor: None,
            queue: Queue::new(config.send_queue),
            clock: IssuerClock::new(),
            token: None,
            refused: None,
            subject: None,
            handshakes_failed: 0,
            timed_out: false,
            rejected: false,
            was_stable: false,
            waits: 0,
            online: true,
            visible: true,
            answers: false,
            woken: false,
            last_now: 0,
            passing: core::marker::PhantomData,
        }
    }

    /// Where the client is.
    pub const fn status(&self) -> Status {
        self.reported
    }

    /// Takes one input and appends what the host has to do. Total: any input is fine in any state.
    pub fn step(&mut self, input: Input<In>, now: Millis, random: Random<'_>, effects: &mut Effects<In, Out>) {
        self.rebase(now);
        self.note_stable(now);
        match input {
            Input::Open => self.open(now, effects),
            Input::Close { code } => self.close(code, effects),
            Input::Reconnect => self.reconnect(now, effects),
            Input::Token { generation, result } if generation == self.generation => {
                self.token(result, now, random, effects)
            }
            Input::Locked { generation } if generation == self.generation => self.locked(now, effects),
            Input::Opened { generation } if generation == self.generation => self.opened(now, random, effects),
            Input::Lost { generation, code } if generation == self.generation => self.lost(code, now, random, effects),
            Input::Lost { generation, code } => self.predecessor_lost(generation, code, effects),
            Input::Token { .. } | Input::Locked { .. } | Input::Opened { .. } => {}
            Input::Frame { generation, frame } => {
                let is_heard = self.note_life(generation, frame.kind, now);
                if is_heard && matches!(frame.kind, Kind::Event | Kind::GatewayError) {
                    effects.push_back(Effect::Deliver { frame });
                }
            }
            Input::Tick => self.tick(now, random, effects),
            Input::Online => {
                self.online = true;
                self.wake(now, random, effects);
            }
            Input::Offline => self.offline(now, effects),
            Input::Wake => self.wake(now, random, effects),
            Input::Visibility { visible } => self.visibility(visible, now, random, effects),
            Input::PageHidden => self.page_hidden(effects),
            Input::PageShown => self.page_shown(now, effects),
        }
        self.expire_queue(now, effects);
        self.report(effects);
    }

    /// Sends a message, or queues it while there is no connection. `writable` is false where the host knows that its
    /// [`live`](Self::live) socket would swallow the message (a browser's socket in CLOSING does).
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if the message has more bytes of UTF-8 than [`SendQueue::with_largest`](crate::SendQueue::with_largest).
    pub fn send(
        &mut self,
        payload: Out,
        length: usize,
        writable: bool,
        now: Millis,
        effects: &mut Effects<In, Out>,
    ) -> Result<Sent, TooLarge> {
        self.config.send_queue.check(length)?;
        self.rebase(now);
        // First, so that what is over neither takes room from this message nor holds it back.
        self.expire_queue(now, effects);
        let sent = match (self.live(), self.phase) {
            (Some(generation), _) if writable && self.queue.is_empty() => {
                effects.push_back(Effect::Transmit { generation, payload });
                Sent::Sent
            }
            (_, Phase::Closed) => {
                effects.push_back(Effect::Drop { payload, reason: DropReason::Closed });
                Sent::Dropped
            }
            _ => self.queue.push(payload, length, now, |payload| {
                effects.push_back(Effect::Drop { payload, reason: DropReason::Overflow })
            }),
        };
        self.report(effects);
        Ok(sent)
    }

    fn open(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        match self.phase {
            Phase::Idle | Phase::AuthRequired | Phase::Closed => {
                self.forget_failures();
                self.prepare(Reason::App, now, effects);
            }
            Phase::Waiting { .. } | Phase::Offline { until: Some(_) } => self.prepare(Reason::App, now, effects),
            // A page in the back-forward cache would freeze with its socket; its return connects.
            Phase::Offline { until: None } => {}
            Phase::Preparing { .. } | Phase::Connecting { .. } | Phase::Open(_) => {}
        }
    }

    fn close(&mut self, code: u16, effects: &mut Effects<In, Out>) {
        self.give_up_attempt(code, effects);
        self.enter(Phase::Closed, Reason::App);
        // The host of a closed client need not listen to the browser: "offline" may be long over at the next open.
        self.online = true;
        self.clear_queue(DropReason::Closed, effects);
    }

    fn reconnect(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        match self.phase {
            Phase::Connecting { .. } | Phase::Open(_) => {
                self.give_up_attempt(1000, effects);
                self.prepare(Reason::App, now, effects);
            }
            // An attempt that still prepares is new already, and to abort its refresh could spend a rotating refresh token for
            // nothing, which signs the user out.
            Phase::Preparing { .. } if self.predecessor.is_some() => self.go_on_alone(Reason::App, effects),
            _ => self.open(now, effects),
        }
    }

    fn connect(&mut self, reason: Reason, now: Millis, effects: &mut Effects<In, Out>) {
        let (first, later) = self.config.connect_timeout;
        let timeout = if self.timed_out { later } else { first };
        effects.push_back(Effect::OpenSocket { generation: self.generation });
        self.enter(Phase::Connecting { deadline: now.saturating_add(timeout) }, reason);
    }

    fn opened(&mut self, now: Millis, random: Random<'_>, effects: &mut Effects<In, Out>) {
        if !matches!(self.phase, Phase::Connecting { .. }) {
            return;
        }
        let generation = self.generation;
        let session = self.begin_session(now, random);
        self.handshakes_failed = 0;
        self.timed_out = false;
        self.code = None;
        self.enter(Phase::Open(session), Reason::Progress);
        self.retire_predecessor(now);
        // The app hears of the connection before its queued messages count as sent, and nothing sent later overtakes them.
        self.report(effects);
        self.expire_queue(now, effects);
        while let Some(payload) = self.queue.pop() {
            effects.push_back(Effect::Transmit { generation, payload });
        }
        self.ping(now, effects);
    }

    fn give_up_attempt(&mut self, code: u16, effects: &mut Effects<In, Out>) {
        self.abort_prepare(effects);
        if matches!(self.phase, Phase::Connecting { .. } | Phase::Open(_)) {
            effects.push_back(Effect::CloseSocket { generation: self.generation, code });
        }
        self.close_predecessor(code, effects);
        self.begin_generation();
    }

    fn clear_queue(&mut self, reason: DropReason, effects: &mut Effects<In, Out>) {
        while let Some(payload) = self.queue.pop() {
            effects.push_back(Effect::Drop { payload, reason });
        }
    }

    fn expire_queue(&mut self, now: Millis, effects: &mut Effects<In, Out>) {
        while let Some(payload) = self.queue.pop_expired(now) {
            effects.push_back(Effect::Drop { payload, reason: DropReason::Expired });
        }
    }

    fn begin_generation(&mut self) {
        self.newest = self.newest.wrapping_add(1);
        self.generation = self.newest;
    }

    fn enter(&mut self, phase: Phase, reason: Reason) {
        self.phase = phase;
        self.reason = reason;
    }

    fn report(&mut self, effects: &mut Effects<In, Out>) {
        let (state, until) = match self.phase {
            Phase::Preparing { .. } | Phase::Connecting { .. } if self.predecessor.is_some() => (State::Rotating, None),
            Phase::Idle => (State::Idle, None),
            Phase::Preparing { .. } => (State::Preparing, None),
            Phase::Connecting { .. } => (State::Connecting, None),
            Phase::Open(_) => (State::Open, None),
            Phase::Waiting { until } => (State::Waiting, Some(until)),
            Phase::Offline { until } => (State::Offline, until),
            Phase::AuthRequired => (State::AuthRequired, None),
            Phase::Closed => (State::Closed, None),
        };
        let status = Status { state, reason: self.reason, attempt: self.attempt, until, code: self.code };
        if status != self.reported {
            self.reported = status;
            effects.push_back(Effect::Report { status });
        }
    }
}
