//! Why a store could not do its work.

use std::path::PathBuf;

/// Why a store could not do its work. The text says what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store's file cannot be opened or written.
    #[error("the store {} cannot be written: {reason}; name a file in a folder that exists and that this user may write to", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is something else.
    #[error("{} is not an Everwire store: {reason}; name another file, or move this one away", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A newer version of the crate wrote the file.
    #[error("the store {} has schema version {found}, this program knows up to {known}; update the program, or name another file", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The store did not answer in time; trying again may help.
    #[error("the store is busy: {0}; try again")]
    Busy(String),
    /// The store failed.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// Whether trying again may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}
