//! `cargo xtask proof`: the longer proofs, by name.

mod autobahn;
mod autobahn_report;
mod bench_gateway;

use std::process::ExitCode;

use crate::context::Context;
use crate::error::Error;
use crate::tools::Need;

/// One proof; run alone, since it takes minutes or the whole machine.
struct Proof {
    name: &'static str,
    about: &'static str,
    needs: &'static [Need],
    run: fn(&Context) -> Result<ExitCode, Error>,
}

/// The exit code of a proof that says NOT RUN: it neither holds nor fails.
const NOT_RUN: u8 = 3;

const PROOFS: [Proof; 2] = [
    Proof {
        name: "autobahn",
        about: "the protocol, by Autobahn's cases; needs EVERWIRE_PYTHON27 (docs/autobahn.md)",
        needs: &[Need::Rust],
        run: autobahn::run,
    },
    Proof {
        name: "bench-gateway",
        about: "what the gateway costs, beside a bare server and another emulator",
        needs: &[Need::Rust, Need::Node, Need::BenchPeers],
        run: bench_gateway::run,
    },
];

/// Runs the named proof; without a name lists them all.
///
/// # Errors
///
/// When the name is unknown, something is missing that cannot be installed, or the proof fails.
pub(crate) fn run(name: Option<&str>) -> Result<ExitCode, Error> {
    let Some(name) = name else {
        println!("cargo xtask proof NAME, with one of{}", list());
        return Ok(ExitCode::SUCCESS);
    };
    let proof = PROOFS.iter().find(|proof| proof.name == name).ok_or_else(|| {
        Error::unusable(format!("there is no proof named `{name}`")).advice(format!("these exist:{}", list()))
    })?;
    let context = Context::new()?;
    for need in proof.needs {
        need.ensure(&context)?;
    }
    (proof.run)(&context)
}

fn list() -> String {
    PROOFS.iter().map(|proof| format!("\n  {:<14} {}", proof.name, proof.about)).collect()
}

/// Says that a proof could not be run and what it would take.
fn not_run(why: &str) -> ExitCode {
    println!("NOT RUN: {why}");
    ExitCode::from(NOT_RUN)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_list_and_exit_code_2() {
        let error = run(Some("nope")).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        let text = error.to_string();
        assert!(PROOFS.iter().all(|proof| text.contains(proof.name)) && text.contains("`nope`"), "{text}");
    }
}
