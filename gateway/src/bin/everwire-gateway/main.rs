//! `everwire-gateway`: API Gateway's WebSocket APIs on one machine, for Lambda functions of any language.

mod client;
mod config;
mod duration;
mod error;
mod file;
mod functions;
mod logging;
mod ls;
mod options;
mod post;
mod rm;
mod serve;
mod shutdown;

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use error::Error;
use options::{Command, Options};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Asked(text)) => {
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            // A file's mistakes are a line each.
            for line in error.to_string().lines() {
                let _ = writeln!(io::stderr(), "everwire-gateway: {line}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run() -> Result<(), Error> {
    match Options::parse_from_args(env::args_os())?.command {
        Command::Serve(options) => serve::run(*options).await,
        Command::Ls(options) => ls::run(&options).await,
        Command::Post(options) => post::run(options).await,
        Command::Rm(options) => rm::run(options).await,
    }
}
