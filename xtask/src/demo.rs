//! `cargo xtask demo`: builds everything and becomes the demo.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

use crate::build;
use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;

/// Where the fault controls of the demo listen, unless the caller says otherwise.
const ADMIN: &str = "4401";

/// Installs what is missing, builds, and starts `everwire-demo` in the place of this process, so that Ctrl-C and the
/// exit code are its own.
///
/// # Errors
///
/// When a step before the start fails, or the demo cannot be started.
pub(crate) fn run(context: &Context, flags: &[OsString]) -> Result<ExitCode, Error> {
    build::run(context)?;
    binary(context)?;
    let mut demo = Command::new(context.workspace.binary("everwire-demo"));
    Cargo::Native.prepare(&mut demo, context.workspace.root());
    if !names_admin(flags) && env::var_os("EVERWIRE_ADMIN").is_none() {
        demo.args(["--admin", ADMIN]);
    }
    if env::var_os("EVERWIRE_CONSOLE").is_none() {
        demo.env("EVERWIRE_CONSOLE", context.workspace.console());
    }
    demo.args(flags);
    context.progress.say("starting the demo; it prints the address of its page, Ctrl-C stops it");
    become_program(demo)
}

/// Compiles the demo's binary.
///
/// # Errors
///
/// When it does not compile.
pub(crate) fn binary(context: &Context) -> Result<(), Error> {
    context.progress.step("compile the demo", || {
        let mut cargo = Cargo::Native.command(context.workspace.root());
        command::run(cargo.arg("build").args(command::quiet()).args(["-p", "everwire-demo"]))
    })
}

fn names_admin(flags: &[OsString]) -> bool {
    flags.iter().any(|flag| flag == "--admin" || flag.as_encoded_bytes().starts_with(b"--admin="))
}

#[cfg(unix)]
fn become_program(mut program: Command) -> Result<ExitCode, Error> {
    use std::os::unix::process::CommandExt;
    let error = program.exec();
    Err(not_started(program.get_program(), &error))
}

#[cfg(not(unix))]
fn become_program(mut program: Command) -> Result<ExitCode, Error> {
    let status = program.status().map_err(|error| not_started(program.get_program(), &error))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn not_started(program: &OsStr, error: &std::io::Error) -> Error {
    Error::failed(format!("cannot start {}: {error}", program.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_port_of_the_caller_is_not_set_twice() {
        for (flags, named) in [
            (&["--port", "4500"][..], false),
            (&["--admin", "4501"], true),
            (&["--admin=4501"], true),
            (&["--administer"], false),
        ] {
            let flags: Vec<OsString> = flags.iter().map(OsString::from).collect();
            assert_eq!(names_admin(&flags), named, "{flags:?}");
        }
    }
}
