//! The demo's side of the SQLite file: opened once, used from blocking threads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

/// How long a write waits for another writer of the same file (the backend's store, a second demo).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One open SQLite file. Clones share the connection.
#[derive(Debug, Clone)]
pub struct Database {
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens `path` for writing, making the file where it is missing.
    ///
    /// # Errors
    ///
    /// The file is not a database that can be written.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        let failed = |source| DatabaseError::Open { path: path.to_owned(), source };
        let connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        // A file that can only be read opens without complaint; taking the write lock tells.
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT").map_err(failed)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs `work` in one write transaction on a thread that may block.
    ///
    /// # Errors
    ///
    /// SQLite's error; nothing was written then.
    pub async fn write<T, F>(&self, work: F) -> Result<T, DatabaseError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let database = self.clone();
        tokio::task::spawn_blocking(move || database.write_blocking(work)).await.map_err(|_| DatabaseError::Stopped)?
    }

    /// [`write`](Self::write) on the calling thread, for use before the server runs.
    ///
    /// # Errors
    ///
    /// SQLite's error; nothing was written then.
    pub fn write_blocking<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DatabaseError> {
        // A panic while the lock was held rolled its transaction back: the connection is good.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}

/// Makes the folder of a store that is yet to be opened.
///
/// # Errors
///
/// [`DatabaseError::Folder`].
pub(crate) fn make_folder(store: &Path) -> Result<(), DatabaseError> {
    match store.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|source| DatabaseError::Folder { path: folder.to_owned(), source })
        }
        None => Ok(()),
    }
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// Its folder cannot be made.
    #[error("cannot make the folder {} ({source})", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It does not open, or not for writing.
    #[error("cannot write {} ({source})", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A statement failed.
    #[error("the store failed ({0})")]
    Statement(#[from] rusqlite::Error),
    /// The process is shutting down.
    #[error("the store is shutting down")]
    Stopped,
}
