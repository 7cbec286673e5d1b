//! Node and npm: a prerequisite, looked for and never installed.

use std::path::PathBuf;

use crate::command;
use crate::context::Context;
use crate::error::Error;

use super::version;

/// The oldest Node that the tests are run with.
const OLDEST: u32 = 20;

/// Fails unless Node 20 or newer and its npm are there.
pub(super) fn ensure(context: &Context) -> Result<(), Error> {
    let root = context.workspace.root();
    let advice = "install Node 20 or newer with npm (https://nodejs.org) and put both on the PATH";
    let printed = command::output(command::program("node", root).arg("--version"))
        .map_err(|_| Error::unusable("Node is missing").advice(advice))?;
    if version::major(&printed).is_none_or(|major| major < OLDEST) {
        return Err(Error::unusable(format!("Node {} is too old", printed.trim())).advice(advice));
    }
    npm().map(drop).ok_or_else(|| Error::unusable("npm is missing").advice(advice))
}

/// The npm program.
pub(crate) fn npm() -> Option<PathBuf> {
    command::find(if cfg!(windows) { &["npm.cmd"] } else { &["npm"] })
}
