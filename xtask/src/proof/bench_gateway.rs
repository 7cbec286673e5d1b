//! The gateway's benchmark, built for release: all contestants in one run, and a report that is committed.

use std::process::ExitCode;

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;
use crate::tools::bench_peers;

const PACKAGE: &str = "everwire-bench-gateway";
const REPORT: &str = "bench/results/gateway.md";

pub(super) fn run(context: &Context) -> Result<ExitCode, Error> {
    let root = context.workspace.root();
    context.progress.step("compile for release", || {
        command::run(Cargo::Native.command(root).arg("build").args(command::quiet()).args(["--release", "-p", PACKAGE]))
    })?;
    let mut bench = command::program(context.workspace.release_binary(PACKAGE), root);
    command::run(bench.args(["run", "--out", REPORT, "--peers", bench_peers::FOLDER]))?;
    context.progress.say(&format!("written: {REPORT}"));
    Ok(ExitCode::SUCCESS)
}
