//! A plain `wasm-pack build --target web` works, and git does not see that it ran.

use crate::build;
use crate::command;
use crate::context::Context;
use crate::error::Error;
use crate::tools::wasm_pack;

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let root = context.workspace.root();
    // The folder that it writes to and the files beside it; a person may be editing elsewhere meanwhile.
    let status = || {
        let mut git = command::program("git", root);
        command::output(git.args(["status", "--porcelain", "--untracked-files=all", "--", "pkg", ":(glob)*"]))
    };
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
