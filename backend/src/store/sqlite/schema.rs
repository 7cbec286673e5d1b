//! The schema, and how it came to be.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::open::explain;
use crate::store::StoreError;

/// Each entry takes the schema one version further. Entries are never changed, only added.
///
/// Names carry a prefix, and the version lives in a table instead of SQLite's `user_version`, so that an application may keep its own
/// tables in the same file.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE everwire_connections (
        id           TEXT PRIMARY KEY,
        user         TEXT NOT NULL,
        claims       TEXT NOT NULL,
        exp          INTEGER,
        state        TEXT NOT NULL,
        mode         TEXT NOT NULL,
        connected_at INTEGER NOT NULL,
        last_seen    INTEGER NOT NULL,
        domain       TEXT NOT NULL,
        stage        TEXT NOT NULL,
        expires_at   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX everwire_connections_by_user ON everwire_connections (user, connected_at, id);
    CREATE INDEX everwire_connections_by_expiry ON everwire_connections (expires_at);
"];

/// Brings the schema up to date in one transaction, which also proves that the file can be written.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let found = steps(connection).map_err(|error| explain(&error, path))?;
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(StoreError::TooNew { path: path.to_owned(), found, known });
    }
    Ok(())
}

/// Returns the version that was found.
fn steps(connection: &mut Connection) -> rusqlite::Result<i64> {
    // Immediate: of two processes that start at once, the second one waits and then finds the work done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS everwire_schema (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL) STRICT;",
    )?;
    let found: i64 =
        transaction.query_row("SELECT version FROM everwire_schema", [], |row| row.get(0)).optional()?.unwrap_or(0);
    let done = usize::try_from(found).unwrap_or(0);
    for step in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    if done <= MIGRATIONS.len() {
        transaction.execute("INSERT OR REPLACE INTO everwire_schema VALUES (1, ?1)", [MIGRATIONS.len() as i64])?;
    }
    transaction.commit()?;
    Ok(found)
}
