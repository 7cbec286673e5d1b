use std::collections::VecDeque;

use everwire_protocol::Kind;

/// What becomes of one handshake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Handshake {
    Accept,
    Refuse,
    Hang,
}

/// A server with a script: the listed handshakes first, then all alike.
pub(crate) struct Server {
    pub(crate) script: VecDeque<Handshake>,
    pub(crate) then: Handshake,
    /// What it answers to a ping, if anything.
    pub(crate) answers: Option<Kind>,
    /// Sockets by which a ping came that is not answered yet.
    pings: VecDeque<u32>,
}

impl Server {
    pub(crate) fn answer(&mut self) -> Handshake {
        // A handshake that hangs stays so until the client gives up: it must not take the next line of the script.
        match self.script.front() {
            Some(Handshake::Hang) => Handshake::Hang,
            _ => self.script.pop_front().unwrap_or(self.then),
        }
    }

    pub(crate) fn pinged(&mut self, generation: u32) {
        if self.answers.is_some() {
            self.pings.push_back(generation);
        }
    }

    /// The next answer to a ping, and the socket by which it goes.
    pub(crate) fn pong(&mut self) -> Option<(u32, Kind)> {
        Some((self.pings.pop_front()?, self.answers?))
    }

    /// The client closed the socket that it was opening.
    pub(crate) fn give_up(&mut self) {
        self.script.pop_front_if(|handshake| *handshake == Handshake::Hang);
    }
}

impl Default for Server {
    fn default() -> Self {
        Self { script: VecDeque::new(), then: Handshake::Accept, answers: None, pings: VecDeque::new() }
    }
}
