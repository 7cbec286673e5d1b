//! Tools from npm: a manifest and a lock file in `xtask/npm/NAME`, installed into a folder of the tools.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command;
use crate::context::Context;
use crate::error::{At, Error};

use super::node;

/// Installs what `xtask/npm/NAME` locks, unless that very lock file is installed already; returns the folder of
/// the programs. No package runs a script while it is installed.
pub(super) fn ensure(context: &Context, name: &str, version: &str) -> Result<PathBuf, Error> {
    node::ensure(context)?;
    let source = context.workspace.root().join("xtask/npm").join(name);
    let folder = context.tools.folder(name, version);
    let programs = folder.join("node_modules/.bin");
    let lock = source.join("package-lock.json");
    // Written last, so that an interrupted installation is done again.
    let done = folder.join("installed-lock.json");
    if same(&lock, &done) && programs.is_dir() {
        return Ok(programs);
    }
    context.progress.step(&format!("install {name} {version} (npm)"), || {
        fs::create_dir_all(&folder).at("create", &folder)?;
        for file in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(source.join(file), folder.join(file)).at("copy", &source.join(file))?;
        }
        ci(&folder)?;
        fs::copy(&lock, &done).at("write", &done).map(drop)
    })?;
    Ok(programs)
}

/// Installs what `folder` locks in that folder itself, unless that very lock file is installed already.
pub(super) fn ensure_in_place(context: &Context, folder: &Path) -> Result<(), Error> {
    node::ensure(context)?;
    let lock = folder.join("package-lock.json");
    let done = folder.join("node_modules/.everwire-installed-lock.json");
    if same(&lock, &done) {
        return Ok(());
    }
    context.progress.step(&format!("npm ci in {}", folder.display()), || {
        ci(folder)?;
        fs::copy(&lock, &done).at("write", &done).map(drop)
    })
}

/// `npm ci` in `folder`.
fn ci(folder: &Path) -> Result<(), Error> {
    let npm = node::npm().ok_or_else(|| Error::unusable("npm is missing"))?;
    let mut ci = command::program(npm, folder);
    ci.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    command::run(&mut ci)
        .map_err(|error| error.advice("npm has to reach its registry; the lines above say what it met"))
}

/// Whether both files can be read and hold the same.
fn same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
pub(super) fn pinned(name: &str) -> Option<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm").join(name).join("package.json");
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(manifest).ok()?).ok()?;
    Some(manifest["devDependencies"][name].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_installation_counts_only_for_the_very_same_lock_file() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, done) = (folder.path().join("lock"), folder.path().join("done"));
        fs::write(&lock, "1").unwrap();
        assert!(!same(&lock, &done), "nothing installed");
        fs::write(&done, "1").unwrap();
        assert!(same(&lock, &done));
        fs::write(&lock, "2").unwrap();
        assert!(!same(&lock, &done), "another lock file");
    }
}
