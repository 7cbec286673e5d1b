//! A simulated host: it carries out effects as a browser would, on a clock that the test moves.
#![allow(dead_code, reason = "each test file uses its own part")]

mod chance;
mod ledger;
pub(crate) mod liveness;
pub(crate) mod rotation;
mod server;
mod source;
mod stability;

use everwire_core::{Claims, Config, Effect, Effects, Input, Machine, Millis, Sent, State, Status, TooLarge};
use everwire_protocol::{Frame, Kind};

#[allow(unused_imports, reason = "each test file uses its own part")]
pub(crate) use {
    chance::Chance,
    ledger::{Ledger, Question},
    server::{Handshake, Server},
    source::{Answer, Source},
};

/// When the tests begin.
pub(crate) const START: Millis = 1_800_000_000_000;
pub(crate) const SECOND: Millis = 1_000;
pub(crate) const MINUTE: Millis = 60 * SECOND;
pub(crate) const HOUR: Millis = 60 * MINUTE;

/// One client with everything around it.
pub(crate) struct Host {
    pub(crate) machine: Machine<u32, u32>,
    pub(crate) now: Millis,
    pub(crate) random: Box<dyn FnMut() -> f64>,
    pub(crate) source: Source,
    pub(crate) server: Server,
    pub(crate) ledger: Ledger,
    messages: u32,
}

impl Host {
    /// Signed in with a token of an hour, at a server that accepts; random numbers are all 0.5.
    pub(crate) fn new(config: Config) -> Self {
        Self {
            machine: Machine::new(config),
            now: START,
            random: Box::new(|| 0.5),
            source: Source::signed_in(START),
            server: Server::default(),
            ledger: Ledger::new(START),
            messages: 0,
        }
    }

    /// With a source that has no token yet but can make one.
    pub(crate) fn signed_out(config: Config) -> Self {
        let mut host = Self::new(config);
        host.source.kept = None;
        host
    }

    /// Open, at [`START`].
    pub(crate) fn opened(config: Config) -> Self {
        let mut host = Self::new(config);
        host.input(Input::Open);
        assert_eq!(host.state(), State::Open);
        host
    }

    pub(crate) fn random_is(&mut self, number: f64) {
        self.random = Box::new(move || number);
    }

    pub(crate) fn status(&self) -> Status {
        self.machine.status()
    }

    pub(crate) fn state(&self) -> State {
        self.status().state
    }

    /// How long the present wait is from now; 0 if it should be over.
    pub(crate) fn wait(&self) -> Millis {
        assert_eq!(self.state(), State::Waiting, "{:?}", self.status());
        self.status().until.unwrap().saturating_sub(self.now)
    }

    /// Feeds one input and carries out nothing but the recording.
    pub(crate) fn feed(&mut self, input: Input<u32>) {
        let mut effects = Effects::new();
        self.ledger.expect(&input, self.now);
        self.machine.step(input, self.now, &mut *self.random, &mut effects);
        if effects.contains(&Effect::AbortPrepare) {
            self.source.give_up(self.ledger.question);
        }
        let handshake = self.ledger.socket().filter(|socket| !socket.open).map(|socket| socket.generation);
        for effect in &effects {
            match *effect {
                Effect::CloseSocket { generation, .. } if handshake == Some(generation) => self.server.give_up(),
                Effect::Ping { generation } => self.server.pinged(generation),
                _ => {}
            }
        }
        self.ledger.record(effects, &self.machine);
    }

    /// Feeds one input, then answers questions and handshakes as scripted until nothing is left to answer.
    pub(crate) fn input(&mut self, input: Input<u32>) {
        self.feed(input);
        self.settle();
    }

    pub(crate) fn settle(&mut self) {
        for _ in 0..100 {
            if !self.answer() {
                return;
            }
        }
        panic!("the client asks for ever: {:?}", self.status());
    }

    /// Gives the one answer that is outstanding, if the script has it.
    pub(crate) fn answer(&mut self) -> bool {
        let handshake = self.ledger.sockets.iter().find(|socket| !socket.open).copied();
        let input = match (self.ledger.question, handshake) {
            (Some((question, generation)), _) => match self.source.answer(question, self.now) {
                None => return false,
                Some(None) => Input::Locked { generation },
                Some(Some(result)) => Input::Token { generation, result },
            },
            (None, Some(socket)) => match self.server.answer() {
                Handshake::Hang => return false,
                Handshake::Refuse => Input::Lost { generation: socket.generation, code: 1006 },
                Handshake::Accept => Input::Opened { generation: socket.generation },
            },
            (None, None) => match self.server.pong() {
                Some((generation, kind)) => Input::Frame { generation, frame: Frame { kind, payload: 0 } },
                None => return false,
            },
        };
        self.feed(input);
        true
    }

    /// Lets time pass with punctual timers.
    pub(crate) fn pass(&mut self, time: Millis) {
        let end = self.now + time;
        let mut ticks_in_vain = 0;
        while let Some(deadline) = self.machine.deadline().filter(|deadline| *deadline <= end) {
            ticks_in_vain = if deadline > self.now { 0 } else { ticks_in_vain + 1 };
            assert!(ticks_in_vain < 10, "a host that obeys the deadline spins: {:?}", self.status());
            self.now = self.now.max(deadline);
            self.input(Input::Tick);
        }
        self.now = end;
    }

    /// Lets time pass without a timer, as sleep does.
    pub(crate) fn sleep(&mut self, time: Millis) {
        self.now += time;
    }

    /// Sets the device's clock back. The issuer's goes on.
    pub(crate) fn set_clock_back(&mut self, time: Millis) {
        self.now -= time;
        self.source.issuer_ahead += i64::try_from(time).unwrap();
    }

    /// The other side, or the network, ends the socket that is live, or else is being opened.
    pub(crate) fn lose(&mut self, code: u16) {
        let generation = self.ledger.live().or(self.ledger.socket()).expect("a socket").generation;
        self.input(Input::Lost { generation, code });
    }

    /// The live socket brings a message.
    pub(crate) fn hear(&mut self, kind: Kind) {
        let generation = self.ledger.live().expect("a live socket").generation;
        self.input(Input::Frame { generation, frame: Frame { kind, payload: 7 } });
    }

    /// Lets the present wait pass.
    pub(crate) fn retry(&mut self) {
        let wait = self.wait();
        self.pass(wait);
    }

    /// Sends the next message (they are numbered from 1) of so many bytes.
    pub(crate) fn send(&mut self, length: usize) -> Result<Sent, TooLarge> {
        self.send_while(length, true)
    }

    pub(crate) fn send_while(&mut self, length: usize, writable: bool) -> Result<Sent, TooLarge> {
        self.messages += 1;
        let mut effects = Effects::new();
        let result = self.machine.send(self.messages, length, writable, self.now, &mut effects);
        if result.is_err() {
            assert_eq!(effects.len(), 0, "a message that is refused leaves everything as it was");
            return result;
        }
        self.ledger.turn_to(self.now);
        self.ledger.note_sent(self.messages, length);
        self.ledger.record(effects, &self.machine);
        result
    }

    /// Effects that the test wants to count.
    pub(crate) fn count(&self, wanted: impl Fn(&Effect<u32, u32>) -> bool) -> usize {
        self.ledger.effects.iter().filter(|effect| wanted(effect)).count()
    }

    pub(crate) fn sockets_opened(&self) -> usize {
        self.count(|effect| matches!(effect, Effect::OpenSocket { .. }))
    }
}

/// A token that lives so long from a moment.
pub(crate) fn token(fingerprint: u64, issued_at: Millis, lifetime: Millis) -> Claims {
    Claims { expires_at: Some(issued_at + lifetime), issued_at: Some(issued_at), subject: Some(1), fingerprint }
}
