//! The binary: options, one line that says where the page is, and an exit code.

use std::env::{self, VarError};
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use everwire_demo::{
    Clock, Command, Demo, Options, SECRET_VARIABLE, Secret, SecretError, UsageError, logging, shutdown, token,
};

/// The command line, the environment or the machine does not allow a start.
const CANNOT_START: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref::<UsageError>() {
            Some(UsageError::Asked(text)) => {
                let _ = io::stdout().write_all(text.as_bytes());
                ExitCode::SUCCESS
            }
            _ => {
                let _ = writeln!(io::stderr(), "everwire-demo: {error}");
                ExitCode::from(CANNOT_START)
            }
        },
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::parse_from_args(env::args_os())?;
    if let Some(Command::Token(of)) = &options.command {
        let token = token(&options, &of.sub, secret_from_environment()?, Clock::system())?;
        writeln!(io::stdout(), "{token}")?;
        return Ok(());
    }
    logging::start(options.log);
    let stop = shutdown::signals()?;
    let demo = Demo::start(&options, secret_from_environment()?, Clock::system()).await?;
    let _ = writeln!(io::stdout(), "Everwire console: http://{}/", demo.address());
    demo.serve(stop).await;
    Ok(())
}

fn secret_from_environment() -> Result<Option<Secret>, SecretError> {
    match env::var(SECRET_VARIABLE) {
        Ok(text) => Secret::new(text).map(Some),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(SecretError::NotText),
    }
}
