use crate::Millis;

/// Where a client is. Public, and observable at every change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// Not opened yet.
    Idle,
    /// Getting a token, refreshing it if needed.
    Preparing,
    /// The handshake is under way.
    Connecting,
    /// Connected.
    Open,
    /// Connected, while a new connection is being made that will replace this one.
    Rotating,
    /// Waiting for the next attempt, which [`Status::until`] tells.
    Waiting,
    /// The browser says that there is no network, or keeps the page in its back-forward cache.
    Offline,
    /// Nobody is signed in: the token source or the server said so. Until the app calls open again.
    AuthRequired,
    /// The app called close.
    Closed,
    /// The WebAssembly could not be loaded or trapped; only its host can say so.
    Failed,
}

impl State {
    /// The name in kebab case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Preparing => "preparing",
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Rotating => "rotating",
            Self::Waiting => "waiting",
            Self::Offline => "offline",
            Self::AuthRequired => "auth-required",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }
}

/// Why a client is where it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The app asked for it: open, close, reconnect.
    App,
    /// The attempt went on as planned.
    Progress,
    /// A wait was over.
    Retry,
    /// The handshake failed. Browsers do not tell a script whether the server was down or said 401.
    HandshakeFailed,
    /// The handshake took longer than the connect timeout.
    ConnectTimeout,
    /// The open connection ended; [`Status::code`] tells how.
    ConnectionLost,
    /// A ping was not answered in time.
    Unresponsive,
    /// The connection is old enough to be replaced, or its token is about to expire.
    Rotation,
    /// The token source failed in a way that may pass.
    TokenFailed,
    /// The token source did not answer in time.
    TokenTimeout,
    /// The token source said that nobody is signed in.
    Unauthorized,
    /// The server refused the token, and refused the refreshed one too.
    Rejected,
    /// The browser lost its network.
    NetworkLost,
    /// The network came back, the page became visible, or the machine woke.
    Wake,
    /// The page went into the back-forward cache.
    PageHidden,
    /// The page came back from the back-forward cache.
    PageShown,
}

impl Reason {
    /// The name in kebab case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Progress => "progress",
            Self::Retry => "retry",
            Self::HandshakeFailed => "handshake-failed",
            Self::ConnectTimeout => "connect-timeout",
            Self::ConnectionLost => "connection-lost",
            Self::Unresponsive => "unresponsive",
            Self::Rotation => "rotation",
            Self::TokenFailed => "token-failed",
            Self::TokenTimeout => "token-timeout",
            Self::Unauthorized => "unauthorized",
            Self::Rejected => "rejected",
            Self::NetworkLost => "network-lost",
            Self::Wake => "wake",
            Self::PageHidden => "page-hidden",
            Self::PageShown => "page-shown",
        }
    }
}

/// A client's state with all that a person wants to know of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Status {
    /// Where the client is.
    pub state: State,
    /// Why.
    pub reason: Reason,
    /// Attempts that failed, or connections lost, since the last stable connection.
    pub attempt: u32,
    /// When the wait ends, if there is one.
    pub until: Option<Millis>,
    /// The close code of the connection that was lost last, until the next one stands.
    pub code: Option<u16>,
}

impl Status {
    /// The status of a client that was never opened.
    pub const fn idle() -> Self {
        Self { state: State::Idle, reason: Reason::App, attempt: 0, until: None, code: None }
    }
}
