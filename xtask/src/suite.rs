//! `cargo xtask test`: the suites, in the order in which they run.

mod boto3;
mod clippy;
mod docs;
mod end_to_end;
mod fmt;
mod interop;
mod javascript;
mod native;
mod package;
mod running_demo;
mod table;
mod types;
mod unittest;
mod wasm;
mod wasm_pack;

use std::process::ExitCode;
use std::time::Instant;

use crate::context::Context;
use crate::error::Error;
use crate::tools::Need;
use crate::{build, lint};

use table::Outcome;

/// One part of `cargo xtask test`.
struct Suite {
    name: &'static str,
    about: &'static str,
    needs: &'static [Need],
    run: fn(&Context) -> Result<(), Error>,
}

/// Quick ones first, so that a slip is told early.
const SUITES: [Suite; 13] = [
    Suite { name: "fmt", about: "the code is formatted", needs: &[Need::Rust], run: fmt::run },
    Suite { name: "lint", about: "rules of this repository", needs: &[], run: lint::run },
    Suite { name: "clippy", about: "clippy, native and for the browser", needs: &[Need::Rust], run: clippy::run },
    Suite { name: "native", about: "unit, property and documentation tests", needs: &[Need::Rust], run: native::run },
    Suite { name: "docs", about: "the documentation builds", needs: &[Need::Rust], run: docs::run },
    Suite { name: "js", about: "the scripts of js/ in Node", needs: &[Need::Node], run: javascript::run },
    Suite {
        name: "types",
        about: "TypeScript over js/ and its declarations",
        needs: &[Need::Rust, Need::Node, Need::Binaryen, Need::TypeScript],
        run: types::run,
    },
    Suite { name: "package", about: "what npm would publish", needs: &build::NEEDS, run: package::run },
    Suite {
        name: "wasm-pack",
        about: "a plain wasm-pack build",
        needs: &[Need::Rust, Need::Node, Need::Binaryen, Need::WasmBindgen, Need::WasmPack],
        run: wasm_pack::run,
    },
    Suite {
        name: "wasm",
        about: "the client in headless Chromium",
        needs: &[Need::Rust, Need::Node, Need::Binaryen, Need::WasmBindgen, Need::WasmPack, Need::Chromium],
        run: wasm::run,
    },
    Suite {
        name: "boto3",
        about: "boto3 against the gateway",
        needs: &[Need::Rust, Need::Node, Need::Binaryen, Need::Python],
        run: boto3::run,
    },
    Suite {
        name: "interop",
        about: "the gateway with other SDKs, clients and functions",
        needs: &[Need::Rust, Need::Node, Need::Interop, Need::Python],
        run: interop::run,
    },
    Suite {
        name: "e2e",
        about: "the story of the page in real Chromium",
        needs: &[Need::Rust, Need::Node, Need::Binaryen, Need::Chromium, Need::EndToEnd],
        run: end_to_end::run,
    },
];

/// Installs what the chosen suites miss, runs them all, and prints a table of results and times.
///
/// # Errors
///
/// When a name is unknown or something is missing that cannot be installed. A failed suite is no error here but the
/// exit code.
pub(crate) fn run(context: &Context, names: &[String]) -> Result<ExitCode, Error> {
    let chosen = choose(names)?;
    let begin = Instant::now();
    for need in needs(&chosen) {
        need.ensure(context)?;
    }
    let mut outcomes = vec![Outcome::passed("(install)", begin.elapsed())];
    for suite in chosen {
        println!("\n=== {}: {}", suite.name, suite.about);
        let begin = Instant::now();
        let result = (suite.run)(context);
        if let Err(error) = &result {
            eprintln!("{}: {error}", suite.name);
        }
        outcomes.push(Outcome { name: suite.name, passed: result.is_ok(), time: begin.elapsed() });
    }
    println!("\n{}", table::render(&outcomes));
    let failed = outcomes.iter().any(|outcome| !outcome.passed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The named suites in the order of the list; all without a name.
fn choose(names: &[String]) -> Result<Vec<&'static Suite>, Error> {
    if let Some(unknown) = names.iter().find(|name| SUITES.iter().all(|suite| suite.name != **name)) {
        let lines = SUITES.iter().map(|suite| format!("\n  {:<10} {}", suite.name, suite.about));
        let list: String = lines.collect();
        return Err(
            Error::unusable(format!("there is no suite named `{unknown}`")).advice(format!("these exist:{list}"))
        );
    }
    Ok(SUITES.iter().filter(|suite| names.is_empty() || names.iter().any(|name| name == suite.name)).collect())
}

/// Everything that the suites need, each once.
fn needs(chosen: &[&Suite]) -> Vec<Need> {
    let mut needs = Vec::new();
    for need in chosen.iter().flat_map(|suite| suite.needs) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    needs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn chosen(names: &[&str]) -> Result<Vec<&'static str>, Error> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        Ok(choose(&names)?.iter().map(|suite| suite.name).collect())
    }

    #[test]
    fn without_a_name_every_suite_runs_in_order() {
        let all: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        assert_eq!(chosen(&[]).unwrap(), all);
        assert_eq!(chosen(&["e2e", "fmt"]).unwrap(), ["fmt", "e2e"]);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_list_and_exit_code_2() {
        let error = chosen(&["fmt", "nope"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("`nope`") && error.to_string().contains("e2e"), "{error}");
    }

    #[test]
    fn a_quick_suite_installs_no_browser() {
        for name in ["fmt", "lint", "clippy", "native", "docs", "js", "types", "package"] {
            let suites = choose(&[name.to_owned()]).unwrap();
            assert!(!needs(&suites).contains(&Need::Chromium), "{name}");
        }
    }
}
