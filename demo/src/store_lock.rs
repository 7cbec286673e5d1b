//! One demo at a time on a store: each start forgets the connections of the one before.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Held while a demo runs. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct StoreLock {
    _file: File,
}

impl StoreLock {
    /// Takes the lock of `store`, which is a file beside it: SQLite's own locks on the store must not be touched.
    pub(crate) fn take(store: &Path) -> Result<Self, StoreLockError> {
        let mut name = store.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let failed = |source| StoreLockError::File { path: path.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreLockError::InUse { store: store.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Why the store is not this demo's own.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreLockError {
    /// Another demo runs on it.
    #[error("another demo uses {}: stop it, or choose another file with --store sqlite:FILE", store.display())]
    InUse {
        /// The store.
        store: PathBuf,
    },
    /// The lock file cannot be made.
    #[error("cannot lock {} ({source}): choose another file with --store sqlite:FILE", path.display())]
    File {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
