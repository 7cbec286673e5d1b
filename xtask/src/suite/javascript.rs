//! The scripts of `js/` in Node, over a stand-in for their WebAssembly: what a browser is not needed for.

use std::time::Duration;

use crate::command;
use crate::context::Context;
use crate::error::Error;

const FOLDER: &str = "tests/js";

/// No test waits for more than a turn of the event loop.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let mut node = command::program("node", &context.workspace.root().join(FOLDER));
    node.args(["--test", "--test-reporter=spec"]).arg(format!("--test-timeout={}", TIMEOUT.as_millis()));
    command::run(&mut node)
}
