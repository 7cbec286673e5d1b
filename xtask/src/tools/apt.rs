//! Packages of Debian and its relatives.

use std::path::Path;
use std::process::Command;

use crate::command;
use crate::context::Context;
use crate::error::Error;

/// Installs packages as root or through a `sudo` that asks for no password, and says which versions came.
///
/// # Errors
///
/// Where neither is possible: one line with the command to type, exit code 2.
pub(super) fn install(context: &Context, what: &str, packages: &[&str]) -> Result<(), Error> {
    let root = context.workspace.root();
    let line = format!("apt-get update && apt-get install -y {}", packages.join(" "));
    if command::find(&["apt-get"]).is_none() {
        return Err(Error::unusable(format!("{what} is missing")).advice(format!(
            "install what Debian calls {} with this system's package manager and put it on the PATH",
            packages.join(" and ")
        )));
    }
    let sudo = !is_root(root);
    if sudo && !command::succeeds(command::program("sudo", root).args(["-n", "true"])) {
        return Err(Error::unusable(format!("{what} is missing")).advice(format!("run: sudo sh -c '{line}'")));
    }
    context.progress.step(&format!("install {} (apt)", packages.join(", ")), || {
        command::run(apt(root, sudo).args(["-q", "update"]))?;
        command::run(apt(root, sudo).args(["-q", "install", "-y", "--no-install-recommends"]).args(packages))
    })?;
    let versions = command::output(
        command::program("dpkg-query", root).args(["-W", "-f", "${Package} ${Version}\n"]).args(packages),
    )?;
    for version in versions.lines() {
        context.progress.say(&format!("apt gave {version}"));
    }
    Ok(())
}

fn apt(root: &Path, sudo: bool) -> Command {
    // `sudo` drops the environment, so the setting goes through `env`.
    let mut apt = command::program(if sudo { "sudo" } else { "env" }, root);
    if sudo {
        apt.args(["-n", "env"]);
    }
    apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    apt
}

fn is_root(root: &Path) -> bool {
    command::output(command::program("id", root).arg("-u")).is_ok_and(|id| id.trim() == "0")
}
