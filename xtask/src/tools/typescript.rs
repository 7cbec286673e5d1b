//! The TypeScript compiler, from npm.

use std::path::PathBuf;

use crate::context::Context;
use crate::error::Error;

use super::npm;

pub(crate) const VERSION: &str = "7.0.2";

/// Installs it if missing; returns the folder that holds `tsc`.
pub(crate) fn ensure(context: &Context) -> Result<PathBuf, Error> {
    npm::ensure(context, "typescript", VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_pins_this_version() {
        assert_eq!(npm::pinned("typescript").as_deref(), Some(VERSION));
    }
}
