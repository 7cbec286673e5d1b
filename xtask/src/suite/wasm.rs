//! The client's own tests in headless Chromium: alone, with the Yew hooks, and against a running demo.

use crate::command;
use crate::context::Context;
use crate::error::Error;
use crate::tools::{chromium, wasm_pack};

use super::running_demo::RunningDemo;

/// Seconds for all tests of one page: they wait for real backoff delays.
const TIMEOUT: &str = "180";

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let chromium = chromium::ensure(context)?;
    context.progress.say(&chromium::name(context, &chromium)?);
    test(context, &chromium, &[], None)?;
    test(context, &chromium, &["--features", "yew"], None)?;
    let demo = RunningDemo::start(context, "wasm")?;
    test(context, &chromium, &["--features", "yew"], Some(&demo))?;
    demo.stop()
}

fn test(
    context: &Context,
    chromium: &chromium::Chromium,
    features: &[&str],
    demo: Option<&RunningDemo>,
) -> Result<(), Error> {
    let mut wasm_pack = wasm_pack::command(context, context.workspace.root())?;
    wasm_pack
        .args(["test", "--headless", "--chrome", "--chromedriver"])
        .arg(&chromium.driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", TIMEOUT)
        .env_remove("EVERWIRE_TEST_URL");
    if !features.is_empty() {
        wasm_pack.arg("--").args(features);
    }
    let mut label = format!("wasm-pack test {}", features.join(" "));
    if let Some(demo) = demo {
        wasm_pack.env("EVERWIRE_TEST_URL", demo.url());
        label.push_str(" with a running demo");
    }
    context.progress.step(label.trim_end(), || command::run(&mut wasm_pack))
}
