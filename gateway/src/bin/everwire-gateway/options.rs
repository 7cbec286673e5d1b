//! The command line. Every flag of `serve`, and the ports of the others, can also be set by an environment variable.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tracing::level_filters::LevelFilter;

use crate::duration;
use crate::error::Error;

/// What the binary is told to do.
#[derive(Debug, Parser)]
#[command(
    name = "everwire-gateway",
    version,
    about = "Amazon API Gateway's WebSocket APIs on one machine, for Lambda functions of any language",
    // Without this, what follows for readers of the code is printed too.
    long_about = None,
    arg_required_else_help = false
)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs a gateway until Ctrl-C
    Serve(Box<ServeOptions>),
    /// Lists the open connections of a running gateway, by its admin port
    Ls(LsOptions),
    /// Sends a message to one connection, by the management API
    Post(PostOptions),
    /// Closes one connection, by the management API
    Rm(RmOptions),
}

/// Flags of `serve`. A flag overrules the file.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Routes, authorizer and functions, in TOML
    #[arg(long, env = "EVERWIRE_GATEWAY_CONFIG", value_name = "FILE")]
    pub(crate) config: PathBuf,

    /// Port on 127.0.0.1 for the WebSocket and @connections; 0 takes a free one [default: 4400]
    #[arg(long, env = "EVERWIRE_GATEWAY_PORT", value_name = "PORT")]
    pub(crate) port: Option<u16>,

    /// Stage name: the first segment of the WebSocket's path [default: dev]
    #[arg(long, env = "EVERWIRE_GATEWAY_STAGE", value_name = "NAME")]
    pub(crate) stage: Option<String>,

    /// Port on 127.0.0.1 for the list of connections and for faults; none unless given
    #[arg(long, env = "EVERWIRE_GATEWAY_ADMIN", value_name = "PORT")]
    pub(crate) admin: Option<u16>,

    /// Close connections without a message for so long, for example 10m [default: 10m, as AWS]
    #[arg(long, env = "EVERWIRE_GATEWAY_IDLE", value_name = "TIME", value_parser = duration::parse)]
    pub(crate) idle: Option<Duration>,

    /// Close connections that are open for so long, for example 2h [default: 2h, as AWS]
    #[arg(long, env = "EVERWIRE_GATEWAY_MAX_LIFE", value_name = "TIME", value_parser = duration::parse)]
    pub(crate) max_life: Option<Duration>,

    /// How many times as fast --idle and --max-life pass: at 60 two hours are two minutes
    #[arg(long, env = "EVERWIRE_GATEWAY_TIME_SCALE", value_name = "NUMBER")]
    pub(crate) time_scale: Option<f64>,

    /// Let in so many new connections per second and answer the others 429 [default: no limit; AWS has 500]
    #[arg(long, env = "EVERWIRE_GATEWAY_THROTTLE_CONNECTS", value_name = "NUMBER")]
    pub(crate) throttle_connects: Option<u32>,

    /// Refuse calls of @connections that are not signed with this key; better said by the variable, which no list of
    /// processes shows
    #[arg(long, env = "EVERWIRE_GATEWAY_VERIFY_SIGV4", value_name = "KEY:SECRET", hide_env_values = true)]
    pub(crate) verify_sigv4: Option<SigningKey>,

    /// Refuse calls of @connections without an Authorization header, whatever it says
    #[arg(long, env = "EVERWIRE_GATEWAY_REQUIRE_AUTH")]
    pub(crate) require_auth: bool,

    /// Lowest level that is logged: off, error, warn, info, debug or trace
    #[arg(long, env = "EVERWIRE_GATEWAY_LOG", value_name = "LEVEL", default_value = "info")]
    pub(crate) log: LevelFilter,
}

/// An access key and its secret, which is shown nowhere.
#[derive(Clone)]
pub(crate) struct SigningKey(String);

impl SigningKey {
    /// The key and the secret; without a colon there is no secret, and the gateway refuses that.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or((&self.0, ""))
    }
}

impl From<String> for SigningKey {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}

/// Flags of `ls`.
#[derive(Debug, Args)]
pub(crate) struct LsOptions {
    /// The running gateway's admin port
    #[arg(long, env = "EVERWIRE_GATEWAY_ADMIN", value_name = "PORT", default_value_t = 4401)]
    pub(crate) admin: u16,

    /// Print the admin port's JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `post`.
#[derive(Debug, Args)]
pub(crate) struct PostOptions {
    #[command(flatten)]
    pub(crate) to: Target,

    /// The connection's id, as `ls` shows it
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    pub(crate) id: String,

    /// The message; `-` reads it from standard input
    #[arg(value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) json: String,
}

/// Flags of `rm`.
#[derive(Debug, Args)]
pub(crate) struct RmOptions {
    #[command(flatten)]
    pub(crate) to: Target,

    /// The connection's id, as `ls` shows it
    #[arg(value_name = "ID", allow_hyphen_values = true)]
    pub(crate) id: String,
}

/// Which gateway a command talks to.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The running gateway's port
    #[arg(long, env = "EVERWIRE_GATEWAY_PORT", value_name = "PORT", default_value_t = 4400)]
    pub(crate) port: u16,
}

impl Target {
    /// What to do when nothing answers there.
    pub(crate) const ADVICE: &str = "start one with `serve`, or name its port with --port";
}

impl Options {
    /// Reads flags and environment.
    ///
    /// # Errors
    ///
    /// Help or version was asked for, or one line about the first bad flag.
    pub(crate) fn parse_from_args(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        Self::try_parse_from(arguments).map_err(|error| {
            let text = error.render().to_string();
            if !error.use_stderr() {
                return Error::Asked(text);
            }
            // Clap's first line names the flag, the value and the reason; usage and tips follow below it.
            let mut lines = text.lines();
            let first = lines.next().unwrap_or_default();
            let first = first.strip_prefix("error: ").unwrap_or(first);
            // What is missing stands on the line below.
            let missing = if first.ends_with(':') { lines.next().map(str::trim) } else { None };
            match missing {
                Some(missing) => Error::Usage(format!("{first} {missing}")),
                None => Error::Usage(first.to_owned()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::CommandFactory as _;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, Error> {
        Options::parse_from_args(
            std::iter::once("everwire-gateway").chain(arguments.iter().copied()).map(OsString::from),
        )
    }

    #[test]
    fn the_command_line_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn every_flag_of_serve_has_its_variable() {
        let command = Options::command();
        let serve = command.find_subcommand("serve").unwrap();
        for argument in serve.get_arguments().filter(|argument| argument.get_id() != "help") {
            let flag = argument.get_long().unwrap();
            let variable = format!("EVERWIRE_GATEWAY_{}", flag.replace('-', "_").to_uppercase());
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(variable.as_str()), "--{flag}");
        }
    }

    #[test]
    fn an_id_may_begin_with_a_hyphen() {
        let Command::Post(post) = parse(&["post", "-JqB0fHsqRcCHlw=", "-5"]).unwrap().command else { unreachable!() };
        assert_eq!((post.id.as_str(), post.json.as_str()), ("-JqB0fHsqRcCHlw=", "-5"));
    }

    #[test]
    fn a_bad_command_line_is_one_line() {
        for (arguments, part) in [
            (&[][..], "subcommand"),
            (&["serve"], "--config <FILE>"),
            (&["serve", "--config", "x", "--port", "70000"], "--port"),
            (&["post", "x"], "<JSON>"),
            (&["nope"], "nope"),
        ] {
            let Err(Error::Usage(line)) = parse(arguments) else { unreachable!("{arguments:?}") };
            assert!(line.contains(part) && !line.contains('\n'), "{line}");
        }
    }
}
