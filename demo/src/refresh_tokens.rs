//! Refresh tokens that rotate: each one buys the next, and a stolen copy is worth ten seconds at most.
//!
//! Only SHA-256 hashes are stored. The tokens carry 256 random bits, so a plain hash cannot be guessed back.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::database::{Database, DatabaseError};
use crate::random::{self, NoRandomness};

/// How long a token that was used stays good, in milliseconds: two tabs that refresh at the same moment, or an
/// answer lost on the way, must not sign anybody out.
pub const GRACE_MS: u64 = 10_000;

/// How long an unused token stays good, in milliseconds: 30 days.
pub const LIFETIME_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The stored refresh tokens.
#[derive(Debug, Clone)]
pub struct RefreshTokens {
    database: Database,
    clock: Clock,
}

/// What a good token was exchanged for.
#[derive(Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Whose token it was.
    pub user: String,
    /// The token that replaces it.
    pub refresh_token: String,
}

impl std::fmt::Debug for Rotated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rotated").field("user", &self.user).finish_non_exhaustive()
    }
}

impl RefreshTokens {
    /// Makes the table where it is missing and drops what has expired.
    ///
    /// # Errors
    ///
    /// The store cannot be written.
    pub fn open(database: Database, clock: Clock) -> Result<Self, DatabaseError> {
        let now = sql_time(clock.now_ms());
        database.write_blocking(|connection| {
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS demo_refresh_tokens (
                    hash        BLOB PRIMARY KEY,
                    user        TEXT NOT NULL,
                    expires_at  INTEGER NOT NULL,
                    replaced_at INTEGER
                 ) WITHOUT ROWID;
                 CREATE INDEX IF NOT EXISTS demo_refresh_tokens_expires_at
                    ON demo_refresh_tokens (expires_at);",
            )?;
            connection.execute("DELETE FROM demo_refresh_tokens WHERE expires_at <= ?1", params![now])
        })?;
        Ok(Self { database, clock })
    }

    /// A first token for `user`.
    ///
    /// # Errors
    ///
    /// The store cannot be written.
    pub async fn issue(&self, user: &str) -> Result<String, RotateError> {
        let token = random::base64url::<32>()?;
        let hash = hash(&token);
        let (user, now) = (user.to_owned(), self.clock.now_ms());
        self.database.write(move |connection| insert(connection, &hash, &user, now)).await?;
        Ok(token)
    }

    /// Exchanges `token` for its successor. The used token stays good for [`GRACE_MS`]; whoever comes with it in that
    /// time gets a successor of their own, and all successors are good.
    ///
    /// # Errors
    ///
    /// [`RotateError::Refused`] for a token that is unknown, expired, or was used more than [`GRACE_MS`] ago.
    pub async fn rotate(&self, token: &str) -> Result<Rotated, RotateError> {
        let successor = random::base64url::<32>()?;
        let (old, new, clock) = (hash(token), hash(&successor), self.clock.clone());
        // The clock is read once the store is ours: what a busy store made us wait is no part of the grace.
        let outcome = self.database.write(move |connection| exchange(connection, &old, &new, clock.now_ms())).await?;
        let user = outcome.map_err(RotateError::Refused)?;
        Ok(Rotated { user, refresh_token: successor })
    }
}

/// Why there is no new token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotateError {
    /// The token is not good (any more).
    #[error(transparent)]
    Refused(Refusal),
    /// The store failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// What is wrong with a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Never issued here, or dropped after its expiry.
    #[error("this refresh token is not known here: sign in again")]
    Unknown,
    /// Not used for [`LIFETIME_MS`].
    #[error("this refresh token has expired: sign in again")]
    Expired,
    /// Used before, longer than [`GRACE_MS`] ago.
    #[error("this refresh token was used before and its ten seconds of grace are over: sign in again")]
    Reused,
}

type Hash = [u8; 32];

fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

/// SQLite's integers are signed; times stay far below the limit.
fn sql_time(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn insert(connection: &Connection, hash: &Hash, user: &str, now: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO demo_refresh_tokens (hash, user, expires_at) VALUES (?1, ?2, ?3)")?
        .execute(params![hash, user, sql_time(now.saturating_add(LIFETIME_MS))])?;
    Ok(())
}

fn exchange(connection: &Connection, old: &Hash, new: &Hash, now: u64) -> rusqlite::Result<Result<String, Refusal>> {
    let row: Option<(String, i64, Option<i64>)> = connection
        .prepare_cached("SELECT user, expires_at, replaced_at FROM demo_refresh_tokens WHERE hash = ?1")?
        .query_row(params![old], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((user, expires_at, replaced_at)) = row else {
        return Ok(Err(Refusal::Unknown));
    };
    if expires_at <= sql_time(now) {
        return Ok(Err(Refusal::Expired));
    }
    match replaced_at {
        Some(at) if sql_time(now).saturating_sub(at) >= sql_time(GRACE_MS) => return Ok(Err(Refusal::Reused)),
        // A use within the grace does not prolong it.
        Some(_) => {}
        None => {
            connection
                .prepare_cached("UPDATE demo_refresh_tokens SET replaced_at = ?2 WHERE hash = ?1")?
                .execute(params![old, sql_time(now)])?;
        }
    }
    insert(connection, new, &user, now)?;
    Ok(Ok(user))
}
