//! wasm-bindgen's test runner, for tests in a browser. Builds use wasm-bindgen as a library and do not need it.

use std::path::PathBuf;

use crate::context::Context;
use crate::error::Error;

use super::cargo_install::{self, Crate};

const CRATE: Crate = Crate {
    name: "wasm-bindgen-cli",
    version: "0.2.130",
    // Its lock file names a version that is not to be had any more.
    locked: false,
    program: "wasm-bindgen-test-runner",
};

/// Installs it if missing; returns the folder that holds `wasm-bindgen` and `wasm-bindgen-test-runner`.
pub(crate) fn ensure(context: &Context) -> Result<PathBuf, Error> {
    cargo_install::ensure(context, &CRATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tool_has_the_version_of_the_library() {
        let manifest = include_str!("../../../Cargo.toml");
        for name in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
            let pin = format!("{name} = \"={}\"", CRATE.version);
            assert!(manifest.lines().any(|line| line == pin), "{pin}");
        }
    }
}
