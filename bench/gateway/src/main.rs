//! Measures what the gateway costs on one machine, in server CPU time, against a bare WebSocket server and another emulator.

mod bare;
mod clients;
mod contestant;
mod gateway;
mod machine;
mod process;
mod push;
mod report;
mod rounds;
mod sample;
mod token;

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Benchmark of the gateway; `cargo xtask proof bench-gateway` builds and starts it.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Is one of the servers, until its standard input ends
    Serve { server: Server },
    /// Measures all of them and writes the report
    Run {
        /// The report
        #[arg(long)]
        out: PathBuf,
        /// The folder in which npm installed the other emulator
        #[arg(long)]
        peers: PathBuf,
        /// Rounds, interleaved
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Server {
    /// The gateway with functions in its own process
    Gateway,
    /// tokio-tungstenite, a check of the token, and nothing else
    Bare,
    /// The gateway in its mode for conformance tests of the protocol
    ProtocolEcho,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Serve { server: Server::Gateway } => gateway::serve(gateway::api()?).await,
        Command::Serve { server: Server::ProtocolEcho } => gateway::serve(gateway::protocol_echo()?).await,
        Command::Serve { server: Server::Bare } => bare::serve().await,
        Command::Run { out, peers, rounds } => {
            let report = rounds::run(&peers, rounds).await?;
            std::fs::write(&out, &report)?;
            println!("{report}");
            Ok(())
        }
    }
}
