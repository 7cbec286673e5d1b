//! Faults that cannot be had.

use crate::ids::ConnectionId;

/// A status that cannot refuse a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("status {0} does not refuse a handshake: use one from 400 to 599")]
pub struct InvalidRefusal(pub u16);

/// A fault that cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// The fault is for one connection, and that is not open.
    #[error("connection {0} is not open: GET /connections lists those that are")]
    NotOpen(ConnectionId),
    /// The code cannot stand in a close frame (RFC 6455 section 7.4).
    #[error("code {0} cannot stand in a close frame: use one from 1000 to 4999, except 1005, 1006 and 1015")]
    InvalidCode(u16),
    /// A close frame has room for 123 bytes of reason (RFC 6455 section 5.5).
    #[error("the reason has {0} bytes: a close frame has room for 123")]
    ReasonTooLong(usize),
    /// The status does not refuse a handshake.
    #[error(transparent)]
    InvalidStatus(#[from] InvalidRefusal),
    /// A time is outside its range.
    #[error("{milliseconds} ms is out of range: use {allowed}")]
    InvalidTime {
        /// What was given.
        milliseconds: u128,
        /// What may be given.
        allowed: &'static str,
    },
}
