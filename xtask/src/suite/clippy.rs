//! Clippy with warnings as errors: the workspace natively, and for the browser what runs there.

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;
use crate::tools::rust::WASM;

/// The crates that a browser runs, with each set of features that is published.
const FOR_THE_BROWSER: [&[&str]; 4] = [
    &["-p", "everwire", "--all-targets"],
    &["-p", "everwire", "--all-targets", "--features", "yew"],
    &["-p", "everwire", "--no-default-features", "--features", "yew"],
    &["-p", "everwire-console"],
];

pub(super) fn run(context: &Context) -> Result<(), Error> {
    clippy(context, Cargo::Native, &["--workspace", "--all-targets"])?;
    for crates in FOR_THE_BROWSER {
        clippy(context, Cargo::Isolated, &[crates, &["--target", WASM]].concat())?;
    }
    Ok(())
}

fn clippy(context: &Context, cargo: Cargo, crates: &[&str]) -> Result<(), Error> {
    context.progress.step(&format!("clippy {}", crates.join(" ")), || {
        let mut clippy = cargo.command(context.workspace.root());
        command::run(clippy.arg("clippy").args(command::quiet()).args(crates).args(["--", "-D", "warnings"]))
    })
}
