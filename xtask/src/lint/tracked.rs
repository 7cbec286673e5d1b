//! The text files that are, or would be, committed.

use std::fs;
use std::path::Path;

use crate::command;
use crate::error::Error;

use super::Source;

/// Files that git tracks or that a commit of everything would add; binary files are left out.
pub(super) fn sources(root: &Path) -> Result<Vec<Source>, Error> {
    let mut git = command::program("git", root);
    let listed = command::output(git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    // A file that was deleted and not yet committed cannot be read, nor can a binary one as text.
    let sources = paths
        .filter_map(|path| Some(Source { path: path.to_owned(), text: fs::read_to_string(root.join(path)).ok()? }));
    Ok(sources.collect())
}
