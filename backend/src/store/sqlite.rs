//! Connections in a SQLite file.

mod open;
mod schema;
mod worker;

use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use rusqlite::{OptionalExtension, Row, params};

use self::worker::{Readers, Writer};
use super::{Connection, ConnectionState, Connections, Mode, SEEN_STEP, StoreError};
use crate::{clock::Millis, jwt::Claims};

const COLUMNS: &str = "id, user, claims, exp, state, mode, connected_at, last_seen, domain, stage, expires_at";

/// Connections in a SQLite file: the embedded store.
///
/// The file is in WAL mode, so several processes may share it. One thread writes and puts what is waiting into one transaction; two
/// threads read. A commit survives the process; the last ones may be lost if the machine itself fails, which costs a few connections
/// that are gone then anyway.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
}

impl Sqlite {
    /// Opens the file, or makes it (readable by its owner only), and brings its schema up to date.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), everwire_backend::StoreError> {
    /// let connections = everwire_backend::Sqlite::open("target/demo/demo.db")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], [`StoreError::NotAStore`], [`StoreError::TooNew`], each with the path and what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let mut connection = open::writable(path)?;
        schema::migrate(&mut connection, path)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Writer::start(connection, path)?,
            readers: Readers::start([open::readable(path)?, open::readable(path)?], path)?,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Connections for Sqlite {
    fn connect<'a>(&'a self, row: &'a Connection) -> BoxFuture<'a, Result<(), StoreError>> {
        let row = row.clone();
        self.writer.run(move |sql| {
            let claims = serde_json::to_string(&row.claims).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            sql.prepare_cached(&format!(
                "INSERT OR REPLACE INTO everwire_connections ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
            ))?
            .execute(params![
                row.id,
                row.user,
                claims,
                row.exp.map(whole),
                state_name(row.state),
                mode_name(row.mode),
                whole(row.connected_at),
                whole(row.last_seen),
                row.domain,
                row.stage,
                whole(row.expires_at),
            ])
            .map(drop)
        })
    }

    fn get<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<Option<Connection>, StoreError>> {
        let id = id.to_owned();
        self.readers.run(move |sql| {
            sql.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM everwire_connections WHERE id = ?1 AND expires_at > ?2"
            ))?
            .query_row(params![id, whole(now)], connection)
            .optional()
        })
    }

    fn activate<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            // Most messages change nothing: a read settles them, and the writer is left alone.
            match self.get(id, now).await? {
                None => return Ok(false),
                Some(row) if row.state == ConnectionState::Live && now < row.last_seen.saturating_add(step()) => {
                    return Ok(true);
                }
                Some(_) => {}
            }
            let id = id.to_owned();
            self.writer
                .run(move |sql| {
                    let now = whole(now);
                    let changed = sql
                        .prepare_cached(
                            "UPDATE everwire_connections SET state = 'live', last_seen = max(last_seen, ?2)
                             WHERE id = ?1 AND expires_at > ?2 AND (state <> 'live' OR ?2 - ?3 >= last_seen)",
                        )?
                        .execute(params![id, now, whole(step())])?;
                    if changed > 0 {
                        return Ok(true);
                    }
                    sql.prepare_cached("SELECT 1 FROM everwire_connections WHERE id = ?1 AND expires_at > ?2")?
                        .exists(params![id, now])
                })
                .await
        })
    }

    fn of_user<'a>(&'a self, user: &'a str, now: Millis) -> BoxFuture<'a, Result<Vec<Connection>, StoreError>> {
        let user = user.to_owned();
        self.readers.run(move |sql| {
            sql.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM everwire_connections WHERE user = ?1 AND expires_at > ?2 ORDER BY connected_at, id"
            ))?
            .query_map(params![user, whole(now)], connection)?
            .collect()
        })
    }

    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        let id = id.to_owned();
        self.writer.run(move |sql| {
            let removed = sql.prepare_cached("DELETE FROM everwire_connections WHERE id = ?1")?.execute([id])?;
            Ok(removed > 0)
        })
    }

    fn remove_gone<'a>(&'a self, id: &'a str, connected_at: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        let id = id.to_owned();
        self.writer.run(move |sql| {
            let removed = sql
                .prepare_cached("DELETE FROM everwire_connections WHERE id = ?1 AND connected_at = ?2")?
                .execute(params![id, whole(connected_at)])?;
            Ok(removed > 0)
        })
    }

    fn sweep(&self, now: Millis) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.writer.run(move |sql| {
            let swept =
                sql.prepare_cached("DELETE FROM everwire_connections WHERE expires_at <= ?1")?.execute([whole(now)])?;
            Ok(swept as u64)
        })
    }
}

fn connection(row: &Row<'_>) -> rusqlite::Result<Connection> {
    let text = |column: usize, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error)
    };
    let claims: Claims = serde_json::from_str(row.get_ref(2)?.as_str()?).map_err(|error| text(2, error.into()))?;
    Ok(Connection {
        id: row.get(0)?,
        user: row.get(1)?,
        claims,
        exp: row.get::<_, Option<i64>>(3)?.map(i64::unsigned_abs),
        state: match row.get_ref(4)?.as_str()? {
            "connected" => ConnectionState::Connected,
            "live" => ConnectionState::Live,
            other => return Err(text(4, format!("unknown state {other:?}").into())),
        },
        mode: match row.get_ref(5)?.as_str()? {
            "plain" => Mode::Plain,
            other => return Err(text(5, format!("unknown mode {other:?}").into())),
        },
        connected_at: row.get::<_, i64>(6)?.unsigned_abs(),
        last_seen: row.get::<_, i64>(7)?.unsigned_abs(),
        domain: row.get(8)?,
        stage: row.get(9)?,
        expires_at: row.get::<_, i64>(10)?.unsigned_abs(),
    })
}

fn state_name(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Connected => "connected",
        ConnectionState::Live => "live",
    }
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Plain => "plain",
    }
}

/// SQLite's integers are signed. 2^63 milliseconds are 292 million years, so a later time may as well be that one.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn step() -> Millis {
    SEEN_STEP.as_millis() as Millis
}
