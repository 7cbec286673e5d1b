//! The commands of this workspace: `cargo xtask demo`, `test`, `build`, `proof`.

mod build;
mod cli;
mod command;
mod context;
mod demo;
mod error;
mod lint;
mod progress;
mod proof;
mod suite;
mod tools;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}
