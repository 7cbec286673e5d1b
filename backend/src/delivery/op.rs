//! What steps want done, and what came of it.

use std::time::Duration;

use bytes::Bytes;

use crate::{clock::Millis, push::PushOutcome, store::Connection};

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// Post the event to this connection.
    Post { to: Box<Connection>, payload: Bytes },
    /// Wait.
    Wait(Duration),
    /// Look the connection up again.
    Reread { id: String },
    /// Remove a connection that is gone, if it still has this `connected_at`.
    RemoveGone { id: String, connected_at: Millis },
    /// Remove a connection by its id.
    Remove { id: String },
}

/// What came of an [`Op`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Done {
    Posted(PushOutcome),
    Waited,
    Read(Option<Box<Connection>>),
    Removed(bool),
    /// The store failed.
    StoreFailed(String),
}
