//! The command line. Every flag can also be set by the environment variable of the same name.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};
use tracing::level_filters::LevelFilter;

/// What the demo is told to do.
///
/// # Default
///
/// Port 4400, stage `dev`, store `sqlite:target/demo/demo.db`, no admin port, console `target/demo/console`,
/// access tokens of 120 seconds, log level `info`.
///
/// ```
/// use everwire_demo::Options;
///
/// let options = Options::parse_from_args(["everwire-demo", "--port", "0", "--admin", "4401"]).unwrap();
/// assert_eq!((options.port, options.admin, options.stage.as_str()), (0, Some(4401), "dev"));
/// ```
#[derive(Debug, Clone, Parser)]
#[command(
    name = "everwire-demo",
    version,
    about = "Everwire on one machine: gateway, backend, token issuer and console page",
    // Without this, what follows for readers of the code is printed too.
    long_about = None,
    after_help = "EVERWIRE_JWT_SECRET brings a signing secret of at least 32 bytes; without it a random one is kept in a file beside the store."
)]
pub struct Options {
    /// What to do instead of running
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Port on 127.0.0.1 for the page, the WebSocket and @connections; 0 takes a free one
    #[arg(long, env = "EVERWIRE_PORT", value_name = "PORT", default_value_t = 4400)]
    pub port: u16,

    /// Stage name: the first segment of the WebSocket's path
    #[arg(long, env = "EVERWIRE_STAGE", value_name = "NAME", default_value = "dev")]
    pub stage: String,

    /// Where connections and refresh tokens are kept
    #[arg(
        long,
        env = "EVERWIRE_STORE",
        value_name = "sqlite:FILE",
        default_value = "sqlite:target/demo/demo.db",
        global = true
    )]
    pub store: StoreFile,

    /// Port on 127.0.0.1 for fault injection; none unless given
    #[arg(long, env = "EVERWIRE_ADMIN", value_name = "PORT")]
    pub admin: Option<u16>,

    /// Folder of the built console page
    #[arg(long, env = "EVERWIRE_CONSOLE", value_name = "DIR", default_value = "target/demo/console")]
    pub console: PathBuf,

    /// Lifetime of an access token; shorter ones show expiry sooner
    #[arg(
        long,
        env = "EVERWIRE_TOKEN_LIFETIME",
        value_name = "SECONDS",
        default_value_t = 120,
        value_parser = clap::value_parser!(u32).range(5..=3600),
        global = true
    )]
    pub token_lifetime: u32,

    /// Lowest level that is logged: off, error, warn, info, debug or trace
    #[arg(long, env = "EVERWIRE_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: LevelFilter,
}

/// What the demo does instead of running.
#[derive(Debug, Clone, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Prints an access token for the demo of the same store, and ends
    Token(TokenOptions),
}

/// Whose token is printed.
#[derive(Debug, Clone, Args)]
pub struct TokenOptions {
    /// The user
    #[arg(long, value_name = "USER")]
    pub sub: String,
}

impl Options {
    /// Reads flags and environment.
    ///
    /// # Errors
    ///
    /// [`UsageError`]: help or version was asked for, or one line about the first bad flag.
    pub fn parse_from_args<I, T>(arguments: I) -> Result<Self, UsageError>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        Self::try_parse_from(arguments).map_err(UsageError::from)
    }
}

/// Why the command line did not become [`Options`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UsageError {
    /// `--help` or `--version`: not a mistake; the text belongs on stdout.
    #[error("{0}")]
    Asked(String),
    /// A flag or variable is wrong, said in one line.
    #[error("{0}; `everwire-demo --help` lists the flags")]
    Wrong(String),
}

impl From<clap::Error> for UsageError {
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        if !error.use_stderr() {
            return Self::Asked(text);
        }
        // Clap's first line names the flag, the value and the reason; usage and tips follow below it.
        let mut lines = text.lines();
        let line = lines.next().unwrap_or_default();
        let line = line.strip_prefix("error: ").unwrap_or(line);
        // What is missing stands on the line below.
        let missing = if line.ends_with(':') { lines.next().map(str::trim) } else { None };
        Self::Wrong(missing.map_or_else(|| line.to_owned(), |missing| format!("{line} {missing}")))
    }
}

/// The SQLite file behind `--store sqlite:FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreFile(PathBuf);

impl StoreFile {
    /// The file's path, relative to the current folder if it was given so.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl FromStr for StoreFile {
    type Err = UnknownStore;

    fn from_str(text: &str) -> Result<Self, UnknownStore> {
        match text.strip_prefix("sqlite:") {
            // SQLite's own `:memory:` and `file:` names would not survive a restart, or not be one file.
            Some(file) if !file.is_empty() && !file.starts_with(':') && !file.starts_with("file:") => {
                Ok(Self(PathBuf::from(file)))
            }
            _ => Err(UnknownStore),
        }
    }
}

impl fmt::Display for StoreFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite:{}", self.0.display())
    }
}

/// The store is not written as `sqlite:FILE`.
#[derive(Debug, thiserror::Error)]
#[error("write it as sqlite:FILE, for example sqlite:target/demo/demo.db")]
pub struct UnknownStore;
