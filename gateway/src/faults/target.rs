//! Which connections a fault is for.

use crate::ids::ConnectionId;

/// Which connections a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every connection, those that open later included.
    All,
    /// One connection, as long as it is open.
    One(ConnectionId),
}

impl From<ConnectionId> for Target {
    fn from(id: ConnectionId) -> Self {
        Self::One(id)
    }
}

impl From<Option<ConnectionId>> for Target {
    fn from(id: Option<ConnectionId>) -> Self {
        id.map_or(Self::All, Self::One)
    }
}
