//! One crate of the workspace as WebAssembly with its JavaScript glue.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::{At, Error};
use crate::tools::binaryen;
use crate::tools::rust::WASM;

use super::files;

/// The profile of the root manifest that builds for download size.
const PROFILE: &str = "wasm";

/// A crate that runs in a browser.
pub(super) struct Source {
    pub(super) package: &'static str,
    /// What cargo names the artefact: the library's name has underscores, a binary's has not.
    pub(super) artefact: &'static str,
    /// The stem of the files that come out.
    pub(super) stem: &'static str,
}

/// A module and its glue, ready to be copied to where they are served from.
pub(super) struct Module {
    folder: PathBuf,
    stem: &'static str,
}

impl Module {
    pub(super) fn wasm(&self) -> PathBuf {
        self.folder.join(format!("{}_bg.wasm", self.stem))
    }

    pub(super) fn glue(&self) -> PathBuf {
        self.folder.join(format!("{}.js", self.stem))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Compiles with cargo, binds with wasm-bindgen as a library, shrinks with `wasm-opt`.
pub(super) fn build(context: &Context, source: &Source) -> Result<Module, Error> {
    let compiled =
        context.progress.step(&format!("compile {} for the browser", source.package), || compile(context, source))?;
    let folder = context.workspace.output().join("browser").join(source.package);
    let module = Module { folder, stem: source.stem };
    files::empty(&module.folder)?;
    context.progress.step(&format!("bind and shrink {}", source.package), || {
        bind(&compiled, &module)?;
        shrink(context, source, &module)
    })?;
    Ok(module)
}

fn compile(context: &Context, source: &Source) -> Result<PathBuf, Error> {
    let mut cargo = Cargo::Isolated.command(context.workspace.root());
    cargo.arg("build").args(command::quiet()).args(["--profile", PROFILE, "--target", WASM, "-p", source.package]);
    command::run(&mut cargo)?;
    Ok(context.workspace.cargo_target().join(WASM).join(PROFILE).join(format!("{}.wasm", source.artefact)))
}

fn bind(compiled: &Path, module: &Module) -> Result<(), Error> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(module.stem).typescript(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(&module.folder))
        .map_err(|error| Error::failed(format!("wasm-bindgen cannot bind {}: {error:#}", compiled.display())))
}

/// Runs `wasm-opt`, unless the last run had the very same input.
fn shrink(context: &Context, source: &Source, module: &Module) -> Result<(), Error> {
    let memory = context.workspace.output().join("browser").join(format!("wasm-opt-{}", binaryen::VERSION));
    fs::create_dir_all(&memory).at("create", &memory)?;
    let seen = memory.join(format!("{}.in.wasm", source.package));
    let result = memory.join(format!("{}.out.wasm", source.package));
    let wasm = module.wasm();
    let input = fs::read(&wasm).at("read", &wasm)?;
    if !result.is_file() || fs::read(&seen).ok().as_deref() != Some(&input) {
        let mut wasm_opt = command::program(binaryen::ensure(context)?.join("wasm-opt"), context.workspace.root());
        command::run(wasm_opt.arg("-Oz").arg(&wasm).arg("-o").arg(&result))?;
        fs::write(&seen, input).at("write", &seen)?;
    }
    fs::copy(&result, &wasm).at("write", &wasm).map(drop)
}
