//! The documentation builds without a warning: no broken link, nothing public left undescribed.

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let mut cargo = Cargo::Native.command(context.workspace.root());
    cargo
        .args(["doc", "--quiet", "--workspace", "--no-deps", "--features", "everwire/yew"])
        .env("RUSTDOCFLAGS", "-D warnings");
    command::run(&mut cargo)
}
