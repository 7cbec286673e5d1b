//! The TypeScript compiler over the scripts of `js/`, their declarations and a program that uses them.

use crate::build;
use crate::command;
use crate::context::Context;
use crate::error::Error;
use crate::tools::typescript;

/// Each with a `tsconfig.json`.
const PROJECTS: [&str; 2] = ["js", "tests/types"];

pub(super) fn run(context: &Context) -> Result<(), Error> {
    // The glue that the scripts import exists in the assembled package only.
    build::package(context)?;
    let tsc = typescript::ensure(context)?.join("tsc");
    for project in PROJECTS {
        let mut tsc = command::program(&tsc, context.workspace.root());
        context.progress.step(&format!("tsc {project}"), || command::run(tsc.args(["--noEmit", "-p", project])))?;
    }
    Ok(())
}
