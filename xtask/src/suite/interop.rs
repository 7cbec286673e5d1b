//! The gateway's binary with other people's software: SDKs and types of AWS, WebSocket clients, functions in two languages.

use std::path::Path;

use crate::command::{self, Cargo};
use crate::context::Context;
use crate::error::Error;
use crate::tools::{interop, python};

use super::unittest;

/// The binary's name, and the variable that tells the tests where it is.
const BINARY: (&str, &str) = ("everwire-gateway", "EVERWIRE_GATEWAY_BIN");

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let root = context.workspace.root();
    context.progress.step("compile the gateway", || {
        let mut cargo = Cargo::Native.command(root);
        command::run(cargo.arg("build").args(command::quiet()).args(["-p", BINARY.0, "--bin", BINARY.0]))
    })?;
    let binary = context.workspace.binary(BINARY.0);
    // All of them run, whatever fails; the first failure is told.
    let results = [rust(context), node(context, &binary), powertools(context, &binary)];
    results.into_iter().collect()
}

/// The SDK for Rust and `aws_lambda_events`.
fn rust(context: &Context) -> Result<(), Error> {
    let mut cargo = Cargo::Native.command(context.workspace.root());
    let modules = ["rust_sdk::", "events::"];
    command::run(cargo.args(["test", "--quiet", "-p", BINARY.0, "--test", "binary", "--"]).args(modules))
}

/// The SDK for JavaScript, `ws` and `wscat`.
fn node(context: &Context, binary: &Path) -> Result<(), Error> {
    let mut node = command::program("node", &context.workspace.root().join(interop::FOLDER));
    node.args(["--test", "--test-reporter=spec"]).env(BINARY.1, binary);
    // The SDK must neither look for an account of this machine nor speak of the Node of next year.
    node.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");
    command::run(&mut node)
}

/// Powertools for Python, and Python's `websockets`.
fn powertools(context: &Context, binary: &Path) -> Result<(), Error> {
    let mut tests = command::program(python::ensure(context)?, context.workspace.root());
    tests.args(["-m", "unittest", "discover", "-v", "-s", "tests/powertools"]);
    unittest::run(tests.env(BINARY.1, binary).env("PYTHONDONTWRITEBYTECODE", "1"))
}
