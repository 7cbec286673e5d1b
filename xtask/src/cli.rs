//! The command line: names, flags and what each command calls.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::context::Context;
use crate::error::Error;
use crate::{build, demo, proof, suite};

/// Builds, runs and tests Everwire. Each command installs what it needs and finds missing.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds everything and runs gateway, backend, token issuer and console page on this machine
    Demo {
        /// Passed on to `everwire-demo`, for example `-- --port 4500`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<OsString>,
    },
    /// Runs every test suite, or only those named
    Test {
        /// Suites to run; without a name all of them, in order
        names: Vec<String>,
    },
    /// Builds the npm package (pkg/) and the console page (target/demo/console/)
    Build,
    /// Runs one of the longer proofs; without a name lists them
    Proof {
        /// The proof's name
        name: Option<String>,
    },
}

/// Reads the command line and carries it out.
///
/// # Errors
///
/// Whatever the command met; the error carries the exit code.
pub(crate) fn run() -> Result<ExitCode, Error> {
    let cli = Cli::parse();
    if let Command::Proof { name } = cli.command {
        return proof::run(name.as_deref());
    }
    let context = Context::new()?;
    match cli.command {
        Command::Demo { flags } => demo::run(&context, &flags),
        Command::Test { names } => suite::run(&context, &names),
        Command::Build | Command::Proof { .. } => build::run(&context).map(|()| ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn demo_flags(arguments: &[&str]) -> Vec<String> {
        let cli = Cli::try_parse_from([&["xtask", "demo"], arguments].concat()).unwrap();
        match cli.command {
            Command::Demo { flags } => flags.iter().map(|flag| flag.to_string_lossy().into_owned()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn flags_of_the_demo_pass_with_and_without_the_two_dashes() {
        assert_eq!(demo_flags(&["--", "--port", "4500"]), ["--port", "4500"]);
        assert_eq!(demo_flags(&["--port", "4500"]), ["--port", "4500"]);
        assert!(demo_flags(&[]).is_empty());
    }
}
