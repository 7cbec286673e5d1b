use alloc::collections::VecDeque;

use everwire_protocol::Frame;

use crate::{RefreshReason, Status};

/// Effects in the order in which the host has to carry them out.
pub type Effects<In, Out> = VecDeque<Effect<In, Out>>;

/// What the host has to do. Only the machine decides; the host carries out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect<In, Out> {
    /// Ask the token source for the token it has; answer with [`Input::Token`](crate::Input::Token).
    GetToken {
        /// For the answer.
        generation: u32,
    },
    /// Take the lock that makes refreshes single flight over tabs and instances; answer with
    /// [`Input::Locked`](crate::Input::Locked).
    AcquireLock {
        /// For the answer.
        generation: u32,
    },
    /// Let the token source make a new token; answer with [`Input::Token`](crate::Input::Token).
    RefreshToken {
        /// For the answer.
        generation: u32,
        /// Why.
        reason: RefreshReason,
    },
    /// Release the lock.
    ReleaseLock,
    /// Give up on the token source: abort what it does, release the lock or stop asking for it.
    AbortPrepare,
    /// Open a socket with the token that the source answered last.
    OpenSocket {
        /// For the socket's inputs.
        generation: u32,
    },
    /// Take the socket's handlers off and close it. Nothing of it is heard again.
    CloseSocket {
        /// Of the socket.
        generation: u32,
        /// The close code.
        code: u16,
    },
    /// Forget the socket, which is gone already.
    ForgetSocket {
        /// Of the socket.
        generation: u32,
    },
    /// Write the keepalive to the socket.
    Ping {
        /// Of the socket.
        generation: u32,
    },
    /// Write to the socket.
    Transmit {
        /// Of the socket.
        generation: u32,
        /// The message.
        payload: Out,
    },
    /// Hand a message to the app, as an event or as an error of the gateway.
    Deliver {
        /// The message.
        frame: Frame<In>,
    },
    /// Tell the app that this message will not be sent.
    Drop {
        /// The message.
        payload: Out,
        /// Why.
        reason: DropReason,
    },
    /// Tell the app where the client is now.
    Report {
        /// The new status.
        status: Status,
    },
}

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DropReason {
    /// The queue was full.
    Overflow,
    /// It waited longer than a message may.
    Expired,
    /// The client was closed.
    Closed,
    /// Somebody else signed in: what one user queued must not go out as another.
    SubjectChanged,
}

impl DropReason {
    /// The name in kebab case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overflow => "overflow",
            Self::Expired => "expired",
            Self::Closed => "closed",
            Self::SubjectChanged => "subject-changed",
        }
    }
}
