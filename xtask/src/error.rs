//! What went wrong, and what to do about it.

use std::fmt;

/// One failure of a command, in a sentence for the person who typed it.
#[derive(Debug)]
pub(crate) struct Error {
    what: String,
    advice: Option<String>,
    exit_code: u8,
}

impl Error {
    /// Work that was tried and failed: exit code 1.
    pub(crate) fn failed(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None, exit_code: 1 }
    }

    /// Something the caller has to change first, such as a tool to install or a wrong name: exit code 2.
    pub(crate) fn unusable(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None, exit_code: 2 }
    }

    /// Adds what to do.
    #[must_use]
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        match &self.advice {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// Says which file an input or output error was about.
pub(crate) trait At<T> {
    /// Turns the error into `cannot {verb} {path}: {reason}`.
    fn at(self, verb: &str, path: &std::path::Path) -> Result<T, Error>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, verb: &str, path: &std::path::Path) -> Result<T, Error> {
        self.map_err(|error| Error::failed(format!("cannot {verb} {}: {error}", path.display())))
    }
}
