//! Running other programs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// What a nested cargo call builds for, which decides the variables that it may inherit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cargo {
    /// This machine, with the caller's own `RUSTFLAGS`.
    Native,
    /// The browser, or a tool of a fixed version: the caller's compiler flags are meant for something else.
    Isolated,
}

impl Cargo {
    /// `cargo`, in `dir`.
    pub(crate) fn command(self, dir: &Path) -> Command {
        let mut command = Command::new("cargo");
        self.prepare(&mut command, dir);
        command
    }

    /// Makes a program that calls cargo itself (such as wasm-pack) see the same environment.
    pub(crate) fn prepare(self, command: &mut Command, dir: &Path) {
        command.current_dir(dir).stdin(Stdio::null());
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(|name| self.hides(name)) {
                command.env_remove(name);
            }
        }
        if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
            // Relative to the folder of the caller, not to that of the nested call.
            if let Ok(target) = std::path::absolute(target) {
                command.env("CARGO_TARGET_DIR", target);
            }
        }
        if let Some(libraries) = env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", without_cargo_folders(&libraries));
        }
    }

    /// Whether a variable must not reach the nested call: what `cargo run` tells xtask about xtask
    /// would be taken for settings, or makes build scripts run again.
    fn hides(self, name: &str) -> bool {
        const OF_CARGO_RUN: [&str; 9] = [
            "CARGO",
            "CARGO_BIN_NAME",
            "CARGO_BUILD_TARGET",
            "CARGO_CRATE_NAME",
            "CARGO_MANIFEST_DIR",
            "CARGO_MANIFEST_LINKS",
            "CARGO_MANIFEST_PATH",
            "CARGO_PRIMARY_PACKAGE",
            "OUT_DIR",
        ];
        const FLAGS: [&str; 4] = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "RUSTDOCFLAGS"];
        OF_CARGO_RUN.contains(&name)
            || name.starts_with("CARGO_PKG_")
            || (self == Self::Isolated && FLAGS.contains(&name))
    }
}

/// A person at a terminal sees cargo's progress; a log keeps to warnings and errors.
pub(crate) fn quiet() -> &'static [&'static str] {
    if std::io::stderr().is_terminal() { &[] } else { &["--quiet"] }
}

/// `cargo run` puts the compiler's libraries in front: a browser started from here would load its LLVM.
fn without_cargo_folders(libraries: &OsStr) -> OsString {
    let foreign = env::split_paths(libraries).filter(|folder| {
        let text = folder.to_string_lossy();
        !text.contains("/toolchains/") && !text.contains("/debug")
    });
    env::join_paths(foreign).unwrap_or_default()
}

/// A program that is not cargo, in `dir`, without standard input.
pub(crate) fn program(name: impl AsRef<OsStr>, dir: &Path) -> Command {
    let mut command = Command::new(name);
    Cargo::Isolated.prepare(&mut command, dir);
    command
}

/// Runs to the end; its output is the user's.
///
/// # Errors
///
/// When it cannot be started or ends with anything but 0.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Error::failed(format!("`{}` failed ({status})", shown(command)))) }
}

/// Which of its outputs is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Output,
    Errors,
}

/// Runs to the end, shows each line of one output as it comes, and hands it to `watch`.
///
/// # Errors
///
/// When it cannot be started or ends with anything but 0.
pub(crate) fn run_watched(command: &mut Command, stream: Stream, watch: &mut dyn FnMut(&str)) -> Result<(), Error> {
    match stream {
        Stream::Output => command.stdout(Stdio::piped()),
        Stream::Errors => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().map_err(|error| not_started(command, &error))?;
    let pipe: Option<Box<dyn Read>> = match stream {
        Stream::Output => child.stdout.take().map(|pipe| Box::new(pipe) as _),
        Stream::Errors => child.stderr.take().map(|pipe| Box::new(pipe) as _),
    };
    for line in pipe.into_iter().flat_map(|pipe| BufReader::new(pipe).split(b'\n')).map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        match stream {
            Stream::Output => println!("{line}"),
            Stream::Errors => eprintln!("{line}"),
        }
        watch(&line);
    }
    let status = child.wait().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Error::failed(format!("`{}` failed ({status})", shown(command)))) }
}

/// Runs to the end and returns what it printed on standard output.
///
/// # Errors
///
/// When it cannot be started or ends with anything but 0; the error holds what it said.
pub(crate) fn output(command: &mut Command) -> Result<String, Error> {
    let output = command.output().map_err(|error| not_started(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::failed(format!("`{}` failed ({}): {}", shown(command), output.status, said.trim())))
}

/// Whether the program could be started and ended with 0; its output is discarded.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The first of the named programs that is on the `PATH`.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names
        .iter()
        .find_map(|name| env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file)))
}

/// Puts `folder` in front of the `PATH` of a command.
pub(crate) fn put_on_path(command: &mut Command, folders: &[PathBuf]) -> Result<(), Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&path));
    let joined = env::join_paths(all)
        .map_err(|error| Error::unusable(format!("a folder of tools cannot be put on the PATH: {error}")))?;
    command.env("PATH", joined);
    Ok(())
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

fn not_started(command: &Command, error: &std::io::Error) -> Error {
    Error::unusable(format!("cannot start `{}`: {error}", command.get_program().to_string_lossy()))
        .advice("is it installed and on the PATH?")
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_cargo_does_not_take_what_cargo_run_says_about_xtask() {
        for name in ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_BUILD_TARGET"] {
            assert!(Cargo::Native.hides(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "PATH", "RUSTUP_TOOLCHAIN"] {
            assert!(!Cargo::Isolated.hides(name), "{name}");
        }
    }

    #[test]
    fn compiler_flags_of_the_caller_reach_native_builds_only() {
        assert!(!Cargo::Native.hides("RUSTFLAGS"));
        assert!(Cargo::Isolated.hides("RUSTFLAGS"));
    }

    #[test]
    fn libraries_of_the_compiler_are_not_handed_to_a_browser() {
        let given = OsStr::new("/p/target/debug/deps:/u/toolchains/1.95.0/lib:/opt/lib");
        assert_eq!(without_cargo_folders(given), OsStr::new("/opt/lib"));
    }

    #[test]
    fn the_lines_of_a_watched_program_are_seen_and_its_end_is_judged() {
        for (stream, redirect) in [(Stream::Output, ""), (Stream::Errors, ">&2")] {
            let mut lines = Vec::new();
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("printf 'one\\ntwo' {redirect}; exit 3")]);
            let result = run_watched(&mut shell, stream, &mut |line| lines.push(line.to_owned()));
            assert_eq!(lines, ["one", "two"]);
            assert!(result.is_err_and(|error| error.to_string().contains("exit status: 3")));
        }
    }

    #[test]
    fn a_failed_program_is_named_with_its_arguments() {
        let said = output(Command::new("cargo").arg("no-such-command")).map_err(|error| error.to_string());
        assert!(said.is_err_and(|text| text.contains("`cargo no-such-command` failed")));
    }
}
