//! Connections in memory: the reference model of the other engines, and a store for tests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use futures_util::future::{BoxFuture, ready};

use super::{Connection, ConnectionState, Connections, SEEN_STEP, StoreError};
use crate::clock::Millis;

/// Connections in this process's memory.
///
/// Simple on purpose (it defines what the others must do): `of_user` looks at every row.
#[derive(Debug, Default)]
pub struct Memory {
    rows: Mutex<BTreeMap<String, Connection>>,
}

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut BTreeMap<String, Connection>) -> T,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        // A panic elsewhere cannot leave the map half changed: each operation makes one change.
        let done = work(&mut self.rows.lock().unwrap_or_else(PoisonError::into_inner));
        Box::pin(ready(Ok(done)))
    }
}

impl Connections for Memory {
    fn connect<'a>(&'a self, row: &'a Connection) -> BoxFuture<'a, Result<(), StoreError>> {
        self.with(|rows| {
            rows.insert(row.id.clone(), row.clone());
        })
    }

    fn get<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<Option<Connection>, StoreError>> {
        self.with(|rows| rows.get(id).filter(|row| row.expires_at > now).cloned())
    }

    fn activate<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.with(|rows| match rows.get_mut(id).filter(|row| row.expires_at > now) {
            None => false,
            Some(row) => {
                let step = SEEN_STEP.as_millis() as Millis;
                if row.state != ConnectionState::Live || now >= row.last_seen.saturating_add(step) {
                    row.state = ConnectionState::Live;
                    row.last_seen = row.last_seen.max(now);
                }
                true
            }
        })
    }

    fn of_user<'a>(&'a self, user: &'a str, now: Millis) -> BoxFuture<'a, Result<Vec<Connection>, StoreError>> {
        self.with(|rows| {
            let mut found: Vec<_> =
                rows.values().filter(|row| row.user == user && row.expires_at > now).cloned().collect();
            found.sort_by(|a, b| (a.connected_at, &a.id).cmp(&(b.connected_at, &b.id)));
            found
        })
    }

    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.with(|rows| rows.remove(id).is_some())
    }

    fn remove_gone<'a>(&'a self, id: &'a str, connected_at: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.with(|rows| match rows.get(id) {
            Some(row) if row.connected_at == connected_at => rows.remove(id).is_some(),
            _ => false,
        })
    }

    fn sweep(&self, now: Millis) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.with(|rows| {
            let before = rows.len();
            rows.retain(|_, row| row.expires_at > now);
            (before - rows.len()) as u64
        })
    }
}
