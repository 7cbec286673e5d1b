//! The row of one connection.

use std::time::Duration;

use crate::{clock::Millis, jwt::Claims};

/// How long a row is kept: the 2 hours that API Gateway lets a connection live (*limits*), and ten minutes.
pub const LIFETIME: Duration = Duration::from_secs(2 * 60 * 60 + 10 * 60);

/// `last_seen` moves at most once in this time.
pub const SEEN_STEP: Duration = Duration::from_secs(30);

/// How far a connection is known to have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionState {
    /// `$connect` has run. Whether the handshake was completed is not known.
    Connected,
    /// The client was heard: the connection has lived.
    Live,
}

/// How events are wrapped for a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Each event is one JSON message.
    #[default]
    Plain,
}

/// One connection, as a store keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// API Gateway's connection id; opaque.
    pub id: String,
    /// The user that the authorizer named.
    pub user: String,
    /// The claims that the authorizer passed on.
    pub claims: Claims,
    /// When the token expires, in seconds since the Unix epoch.
    pub exp: Option<u64>,
    /// How far the connection is known to have come.
    pub state: ConnectionState,
    /// How events are wrapped for it.
    pub mode: Mode,
    /// When the client connected, in milliseconds since the Unix epoch. With the id it names one connection, should an id come again.
    pub connected_at: Millis,
    /// When the client was last heard, in steps of [`SEEN_STEP`].
    pub last_seen: Millis,
    /// `requestContext.domainName`: half of the key under which its endpoint is looked up.
    pub domain: String,
    /// `requestContext.stage`: the other half.
    pub stage: String,
    /// From when on the row counts as absent.
    pub expires_at: Millis,
}
