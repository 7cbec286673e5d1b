//! Where connections are kept.

mod connection;
mod error;
mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt::Debug;

use futures_util::future::BoxFuture;

pub use connection::{Connection, ConnectionState, LIFETIME, Mode, SEEN_STEP};
pub use error::StoreError;
pub use memory::Memory;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

use crate::clock::Millis;

/// The table of connections.
///
/// Every lookup is by key or index. A row is invisible from its `expires_at` on, whether or not it was swept already: stores with a
/// time to live delete late. `now` is always the caller's clock, in milliseconds since the Unix epoch.
pub trait Connections: Debug + Send + Sync + 'static {
    /// Writes the row of a new connection; a row with the same id is replaced.
    fn connect<'a>(&'a self, row: &'a Connection) -> BoxFuture<'a, Result<(), StoreError>>;

    /// The row of a connection.
    fn get<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<Option<Connection>, StoreError>>;

    /// Notes a sign of life: the connection is known to live, and was last seen now (in steps of [`SEEN_STEP`], so that a busy
    /// connection does not cost a write per message). Never makes a row. Returns whether there is one.
    fn activate<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// All connections of a user, ordered by `connected_at`, then id.
    fn of_user<'a>(&'a self, user: &'a str, now: Millis) -> BoxFuture<'a, Result<Vec<Connection>, StoreError>>;

    /// Removes a connection by its id. Returns whether there was a row.
    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Removes a connection that is gone, unless its id has been taken by a later connection since: the row goes only if it still has
    /// this `connected_at`. Returns whether it went.
    fn remove_gone<'a>(&'a self, id: &'a str, connected_at: Millis) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Deletes the rows that have expired. Returns how many.
    fn sweep(&self, now: Millis) -> BoxFuture<'_, Result<u64, StoreError>>;
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Connection, ConnectionState, Mode};
    use crate::jwt::Claims;

    /// A row for unit tests.
    pub(crate) fn row(id: &str, user: &str) -> Connection {
        Connection {
            id: id.to_owned(),
            user: user.to_owned(),
            claims: Claims::default(),
            exp: None,
            state: ConnectionState::Connected,
            mode: Mode::Plain,
            connected_at: 0,
            last_seen: 0,
            domain: "127.0.0.1:4400".to_owned(),
            stage: "dev".to_owned(),
            expires_at: u64::MAX,
        }
    }
}
