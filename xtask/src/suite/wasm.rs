//! The client's own tests in headless Chromium: alone, with the Yew hooks, and against a running demo.

use crate::command::{self, Stream};
use crate::context::Context;
use crate::error::Error;
use crate::tools::{chromium, wasm_pack};

use super::running_demo::RunningDemo;

/// Seconds for all tests of one page: they wait for real backoff delays.
const TIMEOUT: &str = "120";

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
    context.progress.step(label.trim_end(), || {
        let mut passed = 0;
        command::run_watched(&mut wasm_pack, Stream::Output, &mut |line| passed += passed_tests(line))?;
        // wasm-pack is content with no test at all.
        if passed == 0 { Err(Error::failed("no test ran in the browser")) } else { Ok(()) }
    })
}

/// How many tests a line such as `test result: ok. 7 passed; 0 failed; …` counts.
fn passed_tests(line: &str) -> u32 {
    let counts = line.trim_start().strip_prefix("test result: ok. ");
    counts.and_then(|counts| counts.split(' ').next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_counted_from_the_closing_line() {
        assert_eq!(passed_tests("test result: ok. 7 passed; 0 failed; 0 ignored; 0 filtered out"), 7);
        assert_eq!(passed_tests("no tests to run!"), 0);
        assert_eq!(passed_tests("test result: FAILED. 7 passed; 1 failed"), 0);
    }
}
