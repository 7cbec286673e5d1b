//! What a command ends with when it does not end well: one line for a person, and an exit code for a script.

use everwire_gateway::{BindError, BuildError};

use crate::file::Mistakes;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// `--help` or `--version`: not a failure; the text belongs on standard output.
    #[error("{0}")]
    Asked(String),
    /// A flag or variable is wrong.
    #[error("{0}; `everwire-gateway --help` lists the commands and `everwire-gateway COMMAND --help` its flags")]
    Usage(String),
    /// The file has mistakes.
    #[error(transparent)]
    File(#[from] Mistakes),
    /// A flag has a value that the gateway does not take.
    #[error("{0}")]
    Build(#[from] BuildError),
    /// A port cannot be listened on.
    #[error("{source} ({flag})")]
    Bind {
        /// What chooses another one.
        flag: &'static str,
        /// What is wrong with it.
        source: BindError,
    },
    /// No running gateway was reached.
    #[error("{0}")]
    Unreachable(String),
    /// The running gateway said no.
    #[error("{0}")]
    Refused(String),
    /// The system does not let us.
    #[error("{0}")]
    System(String),
}

impl Error {
    /// 1 when a running gateway said no; 2 when the caller has to change something first.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            _ => 2,
        }
    }
}
