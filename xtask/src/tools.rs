//! The tools that are not part of the source, installed where missing. One file per tool.
//!
//! Tools of a fixed version lie under `EVERWIRE_TOOLS` (default: `everwire` in the user's cache folder), each in a
//! folder named after its version, so that an update is a new folder and several clones share them.

mod apt;
pub(crate) mod bench_peers;
pub(crate) mod binaryen;
mod cargo_install;
pub(crate) mod chromium;
pub(crate) mod end_to_end;
pub(crate) mod interop;
pub(crate) mod node;
mod npm;
pub(crate) mod python;
pub(crate) mod rust;
pub(crate) mod typescript;
mod version;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_pack;

use std::env;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::Error;

/// The folder of tools.
#[derive(Debug)]
pub(crate) struct Tools {
    root: PathBuf,
}

impl Tools {
    /// `EVERWIRE_TOOLS`, else the user's cache folder.
    ///
    /// # Errors
    ///
    /// When neither is known.
    pub(crate) fn locate() -> Result<Self, Error> {
        let folder = env::var_os("EVERWIRE_TOOLS")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from)
            .or_else(|| cache_folder().map(|cache| cache.join("everwire")))
            .ok_or_else(|| {
                Error::unusable("no folder for tools: neither EVERWIRE_TOOLS nor HOME is set")
                    .advice("set EVERWIRE_TOOLS to a folder that may be written")
            })?;
        let root = std::path::absolute(&folder)
            .map_err(|error| Error::unusable(format!("EVERWIRE_TOOLS ({}): {error}", folder.display())))?;
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one tool in one version.
    pub(crate) fn folder(&self, name: &str, version: &str) -> PathBuf {
        self.root.join(format!("{name}-{version}"))
    }
}

fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        return set("LOCALAPPDATA");
    }
    if cfg!(target_os = "macos") {
        return set("HOME").map(|home| home.join("Library/Caches"));
    }
    set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))
}

/// One thing that a command or suite cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Rust,
    Node,
    Binaryen,
    TypeScript,
    WasmBindgen,
    WasmPack,
    Chromium,
    Python,
    EndToEnd,
    Interop,
    BenchPeers,
}

impl Need {
    /// Looks for it and installs it if it is missing.
    ///
    /// # Errors
    ///
    /// When it is missing and cannot be installed; says what to do.
    pub(crate) fn ensure(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::Rust => rust::ensure(context),
            Self::Node => node::ensure(context),
            Self::Binaryen => binaryen::ensure(context).map(drop),
            Self::TypeScript => typescript::ensure(context).map(drop),
            Self::WasmBindgen => wasm_bindgen::ensure(context).map(drop),
            Self::WasmPack => wasm_pack::ensure(context).map(drop),
            Self::Chromium => chromium::ensure(context).map(drop),
            Self::Python => python::ensure(context).map(drop),
            Self::EndToEnd => end_to_end::ensure(context),
            Self::Interop => interop::ensure(context),
            Self::BenchPeers => bench_peers::ensure(context),
        }
    }
}
