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

const CONNECT: &str = "INSERT OR REPLACE INTO everwire_connections
    (id, user, claims, exp, state, mode, connected_at, last_seen, domain, stage, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

const GET: &str = "SELECT id, user, claims, exp, state, mode, connected_at, last_seen, domain, stage, expires_at
    FROM everwire_connections WHERE id = ?1 AND expires_at > ?2";

const EXISTS: &str = "SELECT 1 FROM everwire_connections WHERE id = ?1 AND expires_at > ?2";

const ACTIVATE: &str = "UPDATE everwire_connections SET state = 'live', last_seen = max(last_seen, ?2)
    WHERE id = ?1 AND expires_at > ?2 AND (state <> 'live' OR ?2 - ?3 >= last_seen)";

const OF_USER: &str = "SELECT id, user, claims, exp, state, mode, connected_at, last_seen, domain, stage, expires_at
    FROM everwire_connections WHERE user = ?1 AND expires_at > ?2 ORDER BY connected_at, id";

const REMOVE: &str = "DELETE FROM everwire_connections WHERE id = ?1";

const REMOVE_GONE: &str = "DELETE FROM everwire_connections WHERE id = ?1 AND connected_at = ?2";

const SWEEP: &str = "DELETE FROM everwire_connections WHERE expires_at <= ?1";

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
            let claims = serde_json::to_string(&row.claims)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
            let values = params![
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
            ];
            sql.prepare_cached(CONNECT)?.execute(values).map(drop)
        })
    }

    fn get<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<Option<Connection>, StoreError>> {
        let id = id.to_owned();
        self.readers.run(move |sql| sql.prepare_cached(GET)?.query_row(params![id, whole(now)], connection).optional())
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
            let (id, now) = (id.to_owned(), whole(now));
            self.writer
                .run(move |sql| {
                    let changed = sql.prepare_cached(ACTIVATE)?.execute(params![id, now, whole(step())])?;
                    Ok(changed > 0 || sql.prepare_cached(EXISTS)?.exists(params![id, now])?)
                })
                .await
        })
    }

    fn of_user<'a>(&'a self, user: &'a str, now: Millis) -> BoxFuture<'a, Result<Vec<Connection>, StoreError>> {
        let user = user.to_owned();
        self.readers
            .run(move |sql| sql.prepare_cached(OF_USER)?.query_map(params![user, whole(now)], connection)?.collect())
    }

    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        let id = id.to_owned();
        self.writer.run(move |sql| Ok(sql.prepare_cached(REMOVE)?.execute([id])? > 0))
    }

    fn remove_gone<'a>(&'a self, id: &'a str, connected_at: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        let id = id.to_owned();
        self.writer.run(move |sql| Ok(sql.prepare_cached(REMOVE_GONE)?.execute(params![id, whole(connected_at)])? > 0))
    }

    fn sweep(&self, now: Millis) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.writer.run(move |sql| Ok(sql.prepare_cached(SWEEP)?.execute([whole(now)])? as u64))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Every statement of the store, so that none of them can begin to read the whole table unnoticed.
    #[test]
    fn every_statement_finds_its_rows_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        drop(Sqlite::open(&path).unwrap());
        let sql = open::readable(&path).unwrap();
        for (statement, index) in [
            (GET, "PRIMARY KEY (id=?)"),
            (EXISTS, "PRIMARY KEY (id=?)"),
            (ACTIVATE, "PRIMARY KEY (id=?)"),
            (REMOVE, "PRIMARY KEY (id=?)"),
            (REMOVE_GONE, "PRIMARY KEY (id=?)"),
            (OF_USER, "INDEX everwire_connections_by_user (user=?)"),
            (SWEEP, "INDEX everwire_connections_by_expiry (expires_at<?)"),
        ] {
            let mut explained = sql.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
            let values = std::iter::repeat_n(rusqlite::types::Null, explained.parameter_count());
            let plan: Vec<String> = explained
                .query_map(rusqlite::params_from_iter(values), |row| row.get("detail"))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            let [step] = &plan[..] else { panic!("{statement}: more than one step: {plan:?}") };
            assert!(step.starts_with("SEARCH") && step.contains(index), "{statement}: {step}");
        }
    }
}
