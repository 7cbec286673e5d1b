//! `cargo xtask build`: the npm package and the console page.

mod console;
mod files;
mod package;
mod size;
mod wasm;

use crate::context::Context;
use crate::error::Error;
use crate::tools::Need;

/// What building for the browser needs.
pub(crate) const NEEDS: [Need; 3] = [Need::Rust, Need::Node, Need::Binaryen];

/// Installs what is missing, then builds both and prints their sizes.
///
/// # Errors
///
/// When something is missing that cannot be installed, or a step fails.
pub(crate) fn run(context: &Context) -> Result<(), Error> {
    for need in NEEDS {
        need.ensure(context)?;
    }
    let package = package::assemble(context)?;
    let console = console::assemble(context)?;
    let rows = [size::Row::of("client (npm)", &package)?, size::Row::of("console", &console)?];
    println!("{}", size::table(&rows));
    context.built.set(true);
    Ok(())
}

/// The same, unless this command has done it: package and console compile the client with different features, for which
/// cargo keeps one place, so that every repetition would compile it anew.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn once(context: &Context) -> Result<(), Error> {
    if context.built.get() { Ok(()) } else { run(context) }
}

/// The npm package alone.
///
/// # Errors
///
/// When a step fails.
pub(crate) fn package(context: &Context) -> Result<(), Error> {
    package::assemble(context).map(drop)
}
