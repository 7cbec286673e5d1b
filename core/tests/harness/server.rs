use std::collections::VecDeque;

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
}

impl Server {
    pub(crate) fn answer(&mut self) -> Handshake {
        // A handshake that hangs stays so until the client gives up: it must not take the next line of the script.
        match self.script.front() {
            Some(Handshake::Hang) => Handshake::Hang,
            _ => self.script.pop_front().unwrap_or(self.then),
        }
    }

    /// The client closed its socket.
    pub(crate) fn give_up(&mut self) {
        self.script.pop_front_if(|handshake| *handshake == Handshake::Hang);
    }
}

impl Default for Server {
    fn default() -> Self {
        Self { script: VecDeque::new(), then: Handshake::Accept }
    }
}
