//! Unit, property and integration tests on this machine, and the examples in the documentation.

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;

/// What runs natively; the client and the console have their tests in a browser. The examples of the README are a crate.
const CRATES: [&str; 8] = [
    "everwire-protocol",
    "everwire-core",
    "everwire-backend",
    "everwire-gateway",
    "everwire-demo",
    "everwire-readme",
    "everwire-bench-gateway",
    "xtask",
];

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let root = context.workspace.root();
    let crates = CRATES.iter().flat_map(|name| ["-p", name]);
    command::run(Cargo::Native.command(root).args(["test", "--quiet", "--no-fail-fast"]).args(crates))?;
    // The examples of the client are compiled, and marked so where only a browser could run them.
    command::run(Cargo::Native.command(root).args(["test", "--quiet", "-p", "everwire", "--features", "yew", "--doc"]))
}
