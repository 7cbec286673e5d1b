//! Copying and clearing folders.

use std::fs;
use std::path::Path;

use crate::error::{At, Error};

/// Makes `folder` exist and be empty.
pub(super) fn empty(folder: &Path) -> Result<(), Error> {
    empty_except(folder, &[])
}

/// Makes `folder` exist and hold nothing but the files named.
pub(super) fn empty_except(folder: &Path, kept: &[&str]) -> Result<(), Error> {
    fs::create_dir_all(folder).at("create", folder)?;
    for entry in fs::read_dir(folder).at("list", folder)? {
        let entry = entry.at("list", folder)?;
        if !kept.iter().any(|name| entry.file_name() == *name) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a file or a folder with all that is in it; none is fine.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
    if metadata.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.at("remove", path)
}

/// Copies one file, with the folders above it.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).at("create", folder)?;
    }
    fs::copy(from, to).at("copy", from).map(drop)
}

/// Copies a folder and all below it that `wanted` accepts.
pub(super) fn copy_tree(from: &Path, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<(), Error> {
    fs::create_dir_all(to).at("create", to)?;
    for entry in fs::read_dir(from).at("list", from)? {
        let entry = entry.at("list", from)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if !wanted(&path) {
            continue;
        }
        if path.is_dir() {
            copy_tree(&path, &target, wanted)?;
        } else {
            copy(&path, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_folder_is_cleared_but_for_the_committed_note() {
        let folder = tempfile::tempdir().unwrap();
        let pkg = folder.path();
        fs::write(pkg.join("ABOUT.txt"), "note").unwrap();
        fs::write(pkg.join(".gitignore"), "*").unwrap();
        copy(&pkg.join("ABOUT.txt"), &pkg.join("wasm/old/stale.js")).unwrap();
        empty_except(pkg, &["ABOUT.txt"]).unwrap();
        let left: Vec<_> = fs::read_dir(pkg).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["ABOUT.txt"]);
    }

    #[test]
    fn a_tree_is_copied_without_what_is_not_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        fs::create_dir_all(from.join("css")).unwrap();
        fs::create_dir_all(from.join("src")).unwrap();
        fs::write(from.join("css/page.css"), "").unwrap();
        fs::write(from.join("src/main.rs"), "").unwrap();
        let to = folder.path().join("to");
        copy_tree(&from, &to, &|path| path.file_name().unwrap_or_default() != "src").unwrap();
        assert!(to.join("css/page.css").is_file());
        assert!(!to.join("src").exists());
    }
}
