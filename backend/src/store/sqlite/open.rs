//! Opening the file.

use std::{
    fs::OpenOptions,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::store::StoreError;

/// How long one process waits for another one to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that may write, to a file that is there and in WAL mode.
pub(super) fn writable(path: &Path) -> Result<Connection, StoreError> {
    create(path)?;
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mode = journal_mode_wal(&connection).map_err(|error| explain(&error, path))?;
    if mode != "wal" {
        return Err(StoreError::Unwritable {
            path: path.to_owned(),
            reason: format!("its file system does not support the journal mode WAL (it stays {mode})"),
        });
    }
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(|error| explain(&error, path))?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn readable(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| explain(&error, path))?;
    Ok(connection)
}

/// Makes the file here, not in SQLite: its errors do not say why, and it would let everyone on the machine read who is connected.
fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| StoreError::Unwritable { path: path.to_owned(), reason: error.to_string() })
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    // Absolute, so that names with a meaning to SQLite (`:memory:`) are files like any other.
    let file = std::path::absolute(path)
        .map_err(|error| StoreError::Unwritable { path: path.to_owned(), reason: error.to_string() })?;
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| explain(&error, path))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|error| explain(&error, path))?;
    Ok(connection)
}

/// The change to WAL does not wait for other processes by itself (SQLite, *Write-Ahead Logging*, "Sometimes Queries Return SQLITE_BUSY").
fn journal_mode_wal(connection: &Connection) -> rusqlite::Result<String> {
    let until = Instant::now() + BUSY_TIMEOUT;
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)) {
            Err(error) if is_busy(&error) && Instant::now() < until => thread::sleep(Duration::from_millis(20)),
            result => return result,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// SQLite's error, for the person who reads it.
pub(super) fn explain(error: &rusqlite::Error, path: &Path) -> StoreError {
    let (path, reason) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure,
        ) => StoreError::Unwritable { path, reason },
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::NotAStore { path, reason },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy(format!("another process is writing to {}", path.display()))
        }
        _ => StoreError::Failed(reason),
    }
}
