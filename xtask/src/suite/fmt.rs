//! The code is formatted.

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let mut cargo = Cargo::Native.command(context.workspace.root());
    command::run(cargo.args(["fmt", "--all", "--check"])).map_err(|error| error.advice("run `cargo fmt --all`"))
}
