//! Tools that are built from crates.io.

use std::path::PathBuf;

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::{At, Error};

/// One program of crates.io in one version.
pub(super) struct Crate {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// Whether to build with the versions that its authors locked.
    pub(super) locked: bool,
    /// A program that it installs, as a sign that it is there.
    pub(super) program: &'static str,
}

/// Builds and installs it if missing; returns the folder of its programs.
pub(super) fn ensure(context: &Context, wanted: &Crate) -> Result<PathBuf, Error> {
    let folder = context.tools.folder(wanted.name, wanted.version);
    let programs = folder.join("bin");
    if programs.join(format!("{}{}", wanted.program, std::env::consts::EXE_SUFFIX)).is_file() {
        return Ok(programs);
    }
    let tools = context.tools.root();
    std::fs::create_dir_all(tools).at("create", tools)?;
    // Outside the workspace, so that its settings do not apply; one target folder, as the tools share dependencies.
    let mut cargo = Cargo::Isolated.command(tools);
    cargo
        .arg("install")
        .args(command::quiet())
        .args([wanted.name, "--version", wanted.version, "--root"])
        .arg(&folder)
        .env("CARGO_TARGET_DIR", tools.join("target"))
        // Without a lock file cargo must choose dependencies that this compiler can build.
        .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "fallback");
    if wanted.locked {
        cargo.arg("--locked");
    }
    let label = format!("install {} {} (cargo, takes minutes)", wanted.name, wanted.version);
    context.progress.step(&label, || command::run(&mut cargo))?;
    Ok(programs)
}
