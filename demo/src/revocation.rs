//! Access tokens that are refused before their time: the page's "expire my token" button.
//!
//! The authorizer asks on every connect, so the answer comes from memory; the store only makes it survive a restart.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::params;

use crate::clock::Clock;
use crate::database::{Database, DatabaseError};

/// The `jti`s that are refused, each until its token would have expired anyway.
#[derive(Debug, Clone)]
pub struct Revocations {
    database: Database,
    clock: Clock,
    refused: Arc<RwLock<HashMap<String, u64>>>,
}

/// How long a refusal outlives its token's `exp`, in seconds: longer than any leeway an authorizer may grant.
const MARGIN_SECONDS: u64 = 60;

impl Revocations {
    /// Reads what was refused before the restart.
    ///
    /// # Errors
    ///
    /// The store cannot be written.
    pub fn open(database: Database, clock: Clock) -> Result<Self, DatabaseError> {
        let now = sql_seconds(clock.now_seconds());
        let refused = database.write_blocking(|connection| {
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS demo_refused_tokens (
                    jti   TEXT PRIMARY KEY,
                    until INTEGER NOT NULL
                 ) WITHOUT ROWID;",
            )?;
            connection.execute("DELETE FROM demo_refused_tokens WHERE until <= ?1", params![now])?;
            connection
                .prepare("SELECT jti, until FROM demo_refused_tokens")?
                .query_map([], |row| Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0))))?
                .collect::<rusqlite::Result<HashMap<String, u64>>>()
        })?;
        Ok(Self { database, clock, refused: Arc::new(RwLock::new(refused)) })
    }

    /// Refuses `jti` from now on; `exp` is its token's expiry in seconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// The store cannot be written; the token is not refused then.
    pub async fn refuse(&self, jti: &str, exp: u64) -> Result<(), DatabaseError> {
        let (row, until, now) = (jti.to_owned(), exp.saturating_add(MARGIN_SECONDS), self.clock.now_seconds());
        self.database
            .write(move |connection| {
                connection.execute("DELETE FROM demo_refused_tokens WHERE until <= ?1", params![sql_seconds(now)])?;
                connection.execute(
                    "INSERT OR REPLACE INTO demo_refused_tokens (jti, until) VALUES (?1, ?2)",
                    params![row, sql_seconds(until)],
                )
            })
            .await?;
        let mut refused = self.refused.write().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|_, until| *until > now);
        refused.insert(jti.to_owned(), until);
        Ok(())
    }

    /// Whether `jti` was refused.
    #[must_use]
    pub fn is_refused(&self, jti: &str) -> bool {
        self.refused.read().unwrap_or_else(PoisonError::into_inner).contains_key(jti)
    }
}

fn sql_seconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}
