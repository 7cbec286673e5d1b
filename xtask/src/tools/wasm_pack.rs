//! wasm-pack, which must be able to build and test the client without us.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::context::Context;
use crate::error::Error;

use super::cargo_install::{self, Crate};
use super::{binaryen, wasm_bindgen};

const CRATE: Crate = Crate { name: "wasm-pack", version: "0.15.1", locked: true, program: "wasm-pack" };

/// Installs it if missing; returns the folder that holds `wasm-pack`.
pub(super) fn ensure(context: &Context) -> Result<PathBuf, Error> {
    cargo_install::ensure(context, &CRATE)
}

/// `wasm-pack` in `dir`, with the tools that it would else try to download on its `PATH`.
pub(crate) fn command(context: &Context, dir: &Path) -> Result<Command, Error> {
    let programs = ensure(context)?;
    let mut wasm_pack = command::program(programs.join(CRATE.program), dir);
    command::put_on_path(&mut wasm_pack, &[wasm_bindgen::ensure(context)?, binaryen::ensure(context)?])?;
    Ok(wasm_pack)
}
