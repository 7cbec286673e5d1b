//! Who is measured: how each is started, reached, and how much work it gets.

use std::net::SocketAddr;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::process::Command;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error as WsError;

use crate::process::{Process, Running};
use crate::{Result, token};

/// Operations of one measurement; enough that the kernel's hundredths of a second count little.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    pub(crate) connects: usize,
    pub(crate) echoes: usize,
    pub(crate) pushes: usize,
    pub(crate) idle: usize,
    pub(crate) alone: usize,
}

const FAST: Work = Work { connects: 6000, echoes: 40_000, pushes: 20_000, idle: 2000, alone: 3000 };
const SLOW: Work = Work { connects: 400, echoes: 1600, pushes: 3200, idle: 400, alone: 400 };

/// Who takes part.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The limit that the others are compared with.
    Bare,
    Gateway,
    ServerlessOffline,
}

/// One server that runs.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) url: String,
    pub(crate) work: Work,
    pub(crate) process: Running,
    pushes: SocketAddr,
    push_path: &'static str,
}

impl Contestant {
    /// Starts one; `peers` is the folder in which npm installed the other emulator.
    pub(crate) async fn start(kind: Kind, peers: &Path) -> Result<Self> {
        match kind {
            Kind::Bare => Self::own("bare", "bare tokio-tungstenite", "/", "/push/").await,
            Kind::Gateway => Self::own("gateway", "everwire-gateway", "/dev", "/dev/@connections/").await,
            Kind::ServerlessOffline => Self::serverless_offline(peers).await,
        }
    }

    async fn own(server: &str, name: &'static str, path: &str, push_path: &'static str) -> Result<Self> {
        let mut process = Process::start(Command::new(std::env::current_exe()?).args(["serve", server]))?;
        let addresses = process.line("listening ").await?;
        let (sockets, pushes) = addresses.split_once(' ').ok_or("one address only")?;
        let url = format!("ws://{sockets}{path}");
        Self::checked(name, &url, FAST, process.discard_output(), pushes.parse()?, push_path).await
    }

    async fn serverless_offline(folder: &Path) -> Result<Self> {
        // It cannot be told to take any free port and say which.
        let [sockets, http, lambda] = [free_port().await?, free_port().await?, free_port().await?];
        let mut command = Command::new("node");
        command.current_dir(folder).args(["node_modules/serverless/bin/serverless.js", "offline"]);
        command.args(["--host", "127.0.0.1", "--websocketPort", &sockets.port().to_string()]);
        command.args(["--httpPort", &http.port().to_string(), "--lambdaPort", &lambda.port().to_string()]);
        // It writes lines for each message, as its users have them; they go nowhere.
        command.env("BENCH_SECRET", token::SECRET).env("SLS_TELEMETRY_DISABLED", "1");
        command.stderr(std::process::Stdio::null());
        let mut process = Process::start(&mut command)?;
        let url = format!("ws://{sockets}/");
        until_reachable(sockets, &mut process).await?;
        Self::checked("serverless-offline", &url, SLOW, process.discard_output(), sockets, "/@connections/").await
    }

    async fn checked(
        name: &'static str,
        url: &str,
        work: Work,
        process: Running,
        pushes: SocketAddr,
        push_path: &'static str,
    ) -> Result<Self> {
        // Who does not check the token does less.
        match connect_async(format!("{url}?token=x.y.z")).await {
            Err(WsError::Http(_)) => {}
            other => return Err(format!("{name} does not refuse a bad token: {:?}", other.map(drop)).into()),
        }
        let url = format!("{url}?token={}", token::issue()?);
        Ok(Self { name, url, work, process, pushes, push_path })
    }

    /// Where and by which path one pushes to a connection.
    pub(crate) fn push_target(&self, id: &str) -> (SocketAddr, String) {
        (self.pushes, format!("{}{}", self.push_path, utf8_percent_encode(id, NON_ALPHANUMERIC)))
    }
}

async fn free_port() -> Result<SocketAddr> {
    Ok(tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}

async fn until_reachable(address: SocketAddr, process: &mut Process) -> Result<()> {
    for _ in 0..600 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return Ok(());
        }
        if process.has_ended()? {
            return Err("serverless-offline ended at its start".into());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err("serverless-offline does not listen".into())
}
