//! What rustup has to add to the toolchain of `rust-toolchain.toml`.

use std::path::Path;

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;

/// The target of everything that runs in a browser.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target, rustfmt and clippy where they are missing.
pub(super) fn ensure(context: &Context) -> Result<(), Error> {
    let root = context.workspace.root();
    let folder = command::output(command::program("rustc", root).args(["--print", "target-libdir", "--target", WASM]))?;
    if !Path::new(folder.trim()).is_dir() {
        add(context, &["target", "add", WASM])?;
    }
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !command::succeeds(Cargo::Native.command(root).args([subcommand, "--version"])) {
            add(context, &["component", "add", component])?;
        }
    }
    Ok(())
}

fn add(context: &Context, words: &[&str]) -> Result<(), Error> {
    let line = format!("rustup {}", words.join(" "));
    context
        .progress
        .step(&line, || command::run(command::program("rustup", context.workspace.root()).args(words)))
        .map_err(|_| {
            Error::unusable(format!("`{line}` failed")).advice("Rust 1.95 has to come from rustup (https://rustup.rs)")
        })
}
