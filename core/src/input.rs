use everwire_protocol::Frame;

use crate::Claims;

/// What can happen to a client.
///
/// Inputs that answer an effect carry the generation of that effect. The machine ignores a generation that is over: a
/// socket that was given up, a token that came too late.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Input<In> {
    /// The app wants a connection. Ends a wait. While the page is in the back-forward cache its return connects, not this.
    Open,
    /// The app wants none any more. The code is one that [`is_sendable`](crate::is_sendable) admits.
    Close {
        /// The close code for the server.
        code: u16,
    },
    /// The app wants a new connection in place of the one there is, at once. An attempt that still gets its token is that
    /// new connection already and goes on: to abort its refresh could cost a rotating refresh token.
    Reconnect,
    /// The token source answered [`Effect::GetToken`](crate::Effect::GetToken) or
    /// [`Effect::RefreshToken`](crate::Effect::RefreshToken). `Ok(None)`: there is no token.
    Token {
        /// Of the effect.
        generation: u32,
        /// What it answered.
        result: Result<Option<Claims>, TokenFailure>,
    },
    /// The refresh lock is ours (or there is no such thing here).
    Locked {
        /// Of the effect.
        generation: u32,
    },
    /// The handshake succeeded.
    Opened {
        /// Of the effect.
        generation: u32,
    },
    /// The socket is gone, whether it had opened or not.
    Lost {
        /// Of the effect.
        generation: u32,
        /// The close code; 1006 if there was no close frame.
        code: u16,
    },
    /// A message arrived.
    Frame {
        /// Of the socket.
        generation: u32,
        /// The message.
        frame: Frame<In>,
    },
    /// [`Machine::deadline`](crate::Machine::deadline) has come. Harmless at any other time.
    Tick,
    /// The browser says that it has a network again.
    Online,
    /// The browser says that it has no network.
    Offline,
    /// The page is running again after it was frozen.
    Wake,
    /// The page became visible, or hidden.
    Visibility {
        /// Whether it is visible now.
        visible: bool,
    },
    /// The page goes into the back-forward cache.
    PageHidden,
    /// The page comes back from the back-forward cache.
    PageShown,
}

/// How a token source failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenFailure {
    /// It may work later: the network, a server that is down.
    Transient,
    /// Nobody is signed in.
    Unauthorized,
}
