//! The npm package: `js/` and the client's wasm, put together in `pkg/`.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::context::Context;
use crate::error::{At, Error};

use super::files;
use super::wasm::{self, Module, Source};

const CLIENT: Source = Source { package: "everwire", artefact: "everwire", stem: "everwire" };

/// The one file of `pkg/` that is committed; no tool writes a file of this name.
const NOTE: &str = "ABOUT.txt";

/// Builds the client and assembles `pkg/`, ready for `npm pack`; returns the module that went in.
pub(super) fn assemble(context: &Context) -> Result<Module, Error> {
    let module = wasm::build(context, &CLIENT)?;
    let root = context.workspace.root();
    let package = context.workspace.package();
    files::empty_except(&package, &[NOTE])?;
    files::copy_tree(&root.join("js"), &package, &|path| !is_development_only(path))?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        files::copy(&root.join(licence), &package.join(licence))?;
    }
    let folder = package.join("wasm");
    files::copy_tree(module.folder(), &folder, &|_| true)?;
    inline(&module, &folder)?;
    Ok(module)
}

/// Files of `js/` that serve its development and not its users.
fn is_development_only(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "tsconfig.json" || name == "node_modules" || name.contains(".test.")
}

/// The wasm as a JavaScript module, for the entry that needs no second request.
fn inline(module: &Module, folder: &Path) -> Result<(), Error> {
    let wasm = module.wasm();
    let text = STANDARD.encode(fs::read(&wasm).at("read", &wasm)?);
    let script = folder.join("inline.js");
    fs::write(&script, format!("export const wasmBase64 = \"{text}\";\n")).at("write", &script)?;
    let types = folder.join("inline.d.ts");
    fs::write(&types, "/** The bytes of `everwire_bg.wasm`, base64. */\nexport const wasmBase64: string;\n")
        .at("write", &types)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn tests_and_settings_of_the_compiler_stay_out_of_the_package() {
        for (path, stays_out) in [
            ("js/index.js", false),
            ("js/index.d.ts", false),
            ("js/package.json", false),
            ("js/tsconfig.json", true),
            ("js/index.test.js", true),
            ("js/node_modules", true),
        ] {
            assert_eq!(is_development_only(Path::new(path)), stays_out, "{path}");
        }
    }

    #[test]
    fn the_npm_package_has_the_version_of_the_workspace() {
        let manifest: serde_json::Value = serde_json::from_str(include_str!("../../../js/package.json")).unwrap();
        assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    }
}
