//! Where things are in this workspace.

use std::env;
use std::path::{Path, PathBuf};

use crate::command::{self, Cargo};
use crate::error::Error;

/// The folders of the workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    cargo_target: PathBuf,
}

impl Workspace {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and `build.target-dir` are honoured.
    ///
    /// # Errors
    ///
    /// When `cargo metadata` fails or answers something unexpected.
    pub(crate) fn locate() -> Result<Self, Error> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let mut cargo = Cargo::Native.command(&manifest);
        cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
        let answer = command::output(&mut cargo)?;
        let metadata: serde_json::Value = serde_json::from_str(&answer)
            .map_err(|error| Error::failed(format!("`cargo metadata` answered no JSON: {error}")))?;
        let folder = |key: &str| {
            metadata
                .get(key)
                .and_then(serde_json::Value::as_str)
                .map(PathBuf::from)
                .ok_or_else(|| Error::failed(format!("`cargo metadata` named no {key}")))
        };
        Ok(Self { root: folder("workspace_root")?, cargo_target: folder("target_directory")? })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The npm package, assembled.
    pub(crate) fn package(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// The console page, assembled: what `everwire-demo` serves.
    pub(crate) fn console(&self) -> PathBuf {
        self.output().join("demo/console")
    }

    /// Where our own outputs go: always inside the work tree, wherever cargo builds.
    pub(crate) fn output(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Where cargo builds.
    pub(crate) fn cargo_target(&self) -> &Path {
        &self.cargo_target
    }

    /// A binary of the development profile.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.binary_of("debug", name)
    }

    /// A binary of the release profile.
    pub(crate) fn release_binary(&self, name: &str) -> PathBuf {
        self.binary_of("release", name)
    }

    fn binary_of(&self, profile: &str, name: &str) -> PathBuf {
        self.cargo_target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
