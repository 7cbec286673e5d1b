//! A plain `wasm-pack build --target web` works, and git does not see that it ran.

use crate::build;
use crate::command;
use crate::context::Context;
use crate::error::Error;
use crate::tools::wasm_pack;

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let root = context.workspace.root();
    let status =
        || command::output(command::program("git", root).args(["status", "--porcelain", "--untracked-files=all"]));
    let before = status()?;
    context.progress.step("wasm-pack build --target web", || {
        command::run(wasm_pack::command(context, root)?.args(["build", "--target", "web"]))
    })?;
    let built = context.workspace.package().join("everwire_bg.wasm");
    let wrote = built.is_file();
    let after = status()?;
    // wasm-pack wrote its own package into pkg/: put ours back before anything else fails.
    build::package(context)?;
    if !wrote {
        return Err(Error::failed(format!("wasm-pack ended well but wrote no {}", built.display())));
    }
    if after != before {
        return Err(Error::failed(format!("wasm-pack changed what git sees; before:\n{before}after:\n{after}")));
    }
    println!("1 passed, 0 failed");
    Ok(())
}
