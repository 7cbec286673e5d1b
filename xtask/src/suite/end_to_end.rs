//! The story of the page in real Chromium, told by `tests/e2e`, which starts and kills demos of its own.

use crate::build;
use crate::command;
use crate::context::Context;
use crate::demo;
use crate::error::Error;
use crate::tools::{chromium, end_to_end};

pub(super) fn run(context: &Context) -> Result<(), Error> {
    build::once(context)?;
    demo::binary(context)?;
    let chromium = chromium::ensure(context)?;
    context.progress.say(&chromium::name(context, &chromium)?);
    let mut node = command::program("node", &context.workspace.root().join(end_to_end::FOLDER));
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .env("EVERWIRE_DEMO_BIN", context.workspace.binary("everwire-demo"))
        .env("EVERWIRE_CONSOLE", context.workspace.console())
        .env("EVERWIRE_CHROMIUM", &chromium.browser);
    command::run(&mut node)
}
