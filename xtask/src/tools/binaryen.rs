//! Binaryen's `wasm-opt`, from npm: distributions ship versions too old for today's wasm.

use std::path::PathBuf;

use crate::context::Context;
use crate::error::Error;

use super::npm;

pub(crate) const VERSION: &str = "132.0.0";

/// Installs it if missing; returns the folder that holds `wasm-opt`.
pub(crate) fn ensure(context: &Context) -> Result<PathBuf, Error> {
    npm::ensure(context, "binaryen", VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_pins_this_version() {
        assert_eq!(npm::pinned("binaryen").as_deref(), Some(VERSION));
    }
}
