use crate::Millis;

/// How a client keeps its connection alive, and how it finds out that the connection is dead.
///
/// A ping goes out once after the handshake, and then after each `silence`: API Gateway cuts a connection that is idle for ten
/// minutes, and bills each message. Whether an answer is waited for depends on [`Expect`].
///
/// # Default
///
/// | part | value |
/// |---|---|
/// | `silence` | 270 s without an inbound message |
/// | `hidden_silence` | 8 min while the page is hidden: a throttled timer may be a minute late |
/// | `deadline` | 10 s for the answer |
/// | `expect` | [`Expect::Learn`] |
///
/// ```
/// use everwire_core::{Expect, Liveness};
///
/// let strict = Liveness::new().with_silence(30_000).with_expect(Expect::Always);
/// let none = Liveness::new().without_ping();
/// # assert_ne!(strict, none);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Liveness {
    pub(crate) ping: bool,
    pub(crate) silence: Millis,
    pub(crate) hidden_silence: Millis,
    pub(crate) deadline: Millis,
    pub(crate) expect: Expect,
}

/// Whether an unanswered ping means that the connection is dead. Any inbound message counts as an answer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Expect {
    /// From the first pong on. A backend that never sends one keeps its connections: to it a ping is keepalive alone.
    #[default]
    Learn,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Liveness {
    /// The defaults above.
    pub const fn new() -> Self {
        Self { ping: true, silence: 270_000, hidden_silence: 480_000, deadline: 10_000, expect: Expect::Learn }
    }

    /// Sets after how long without an inbound message a ping goes out, in milliseconds.
    #[must_use]
    pub const fn with_silence(mut self, silence: Millis) -> Self {
        self.silence = silence;
        self
    }

    /// Sets the same for a hidden page, in milliseconds.
    #[must_use]
    pub const fn with_hidden_silence(mut self, silence: Millis) -> Self {
        self.hidden_silence = silence;
        self
    }

    /// Sets how long an answer may take, in milliseconds.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Millis) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets whether an answer is waited for.
    #[must_use]
    pub const fn with_expect(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// Sends no pings, and so never finds out that a silent connection is dead.
    #[must_use]
    pub const fn without_ping(mut self) -> Self {
        self.ping = false;
        self
    }
}

impl Default for Liveness {
    fn default() -> Self {
        Self::new()
    }
}
