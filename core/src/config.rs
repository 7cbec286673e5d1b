use crate::{Backoff, Leeway, Liveness, Millis, Rotation, SendQueue};

/// All policies of one client.
///
/// # Default
///
/// | part | value |
/// |---|---|
/// | `backoff` | [`Backoff::new`] |
/// | `send_queue` | [`SendQueue::new`] |
/// | `leeway` | [`Leeway::new`] |
/// | `liveness` | [`Liveness::new`] |
/// | `rotation` | [`Rotation::new`] |
/// | `provider_timeout` | 15 s for each call of the token source: a hung refresh must not hang the socket |
/// | `connect_timeout` | 15 s, then 30 s: a cold authorizer plus `$connect` takes seconds |
/// | `stable_after` | 10 s open, and only then do the waits start over |
/// | `token` | used |
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Config {
    pub(crate) backoff: Backoff,
    pub(crate) send_queue: SendQueue,
    pub(crate) leeway: Leeway,
    pub(crate) liveness: Liveness,
    pub(crate) rotation: Rotation,
    pub(crate) provider_timeout: Millis,
    pub(crate) connect_timeout: (Millis, Millis),
    pub(crate) stable_after: Millis,
    pub(crate) token: bool,
}

impl Config {
    /// The defaults above.
    pub const fn new() -> Self {
        Self {
            backoff: Backoff::new(),
            send_queue: SendQueue::new(),
            leeway: Leeway::new(),
            liveness: Liveness::new(),
            rotation: Rotation::new(),
            provider_timeout: 15_000,
            connect_timeout: (15_000, 30_000),
            stable_after: 10_000,
            token: true,
        }
    }

    /// Sets how long to wait before a reconnect.
    #[must_use]
    pub const fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets what happens to messages that are sent while there is no connection.
    #[must_use]
    pub const fn with_send_queue(mut self, send_queue: SendQueue) -> Self {
        self.send_queue = send_queue;
        self
    }

    /// Sets how long before its expiry a token is refreshed.
    #[must_use]
    pub const fn with_leeway(mut self, leeway: Leeway) -> Self {
        self.leeway = leeway;
        self
    }

    /// Sets how the connection is kept alive.
    #[must_use]
    pub const fn with_liveness(mut self, liveness: Liveness) -> Self {
        self.liveness = liveness;
        self
    }

    /// Sets when the connection is replaced by a new one.
    #[must_use]
    pub const fn with_rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Sets how long one call of the token source may take, in milliseconds.
    #[must_use]
    pub const fn with_provider_timeout(mut self, timeout: Millis) -> Self {
        self.provider_timeout = timeout;
        self
    }

    /// Sets how long a handshake may take, in milliseconds: until one has timed out, and from then until a connection stands.
    #[must_use]
    pub const fn with_connect_timeout(mut self, first: Millis, later: Millis) -> Self {
        self.connect_timeout = (first, later);
        self
    }

    /// Sets how long a connection must stand before the waits start over, in milliseconds.
    #[must_use]
    pub const fn with_stable_after(mut self, stable_after: Millis) -> Self {
        self.stable_after = stable_after;
        self
    }

    /// Connects without a token.
    #[must_use]
    pub const fn without_token(mut self) -> Self {
        self.token = false;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
