//! The console page: `index.html`, the static files of `www/`, the npm package and the Yew app.

use crate::context::Context;
use crate::error::{At, Error};

use super::files;
use super::wasm::{self, Module, Source};

const CONSOLE: Source = Source { package: "everwire-console", artefact: "everwire-console", stem: "everwire-console" };

/// Builds the Yew app and assembles `target/demo/console`; `pkg/` has to be assembled already. Returns the module
/// that went in.
pub(super) fn assemble(context: &Context) -> Result<Module, Error> {
    let module = wasm::build(context, &CONSOLE)?;
    let root = context.workspace.root();
    let page = context.workspace.console();
    // Beside the page first: a demo that is running must never see half of it.
    let next = page.with_file_name("console.next");
    files::empty(&next)?;
    files::copy(&root.join("index.html"), &next.join("index.html"))?;
    files::copy_tree(&root.join("www"), &next.join("www"), &|path| {
        let name = path.file_name().unwrap_or_default();
        name != "Cargo.toml" && name != "src" && name != "tests"
    })?;
    files::copy_tree(&context.workspace.package(), &next.join("pkg"), &|_| true)?;
    for file in [module.glue(), module.wasm()] {
        let name = file.file_name().unwrap_or_default();
        files::copy(&file, &next.join("console").join(name))?;
    }
    files::remove(&page)?;
    std::fs::rename(&next, &page).at("write", &page)?;
    Ok(module)
}
