//! The binary as a process.

use std::future::Future;
use std::net::SocketAddr;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long anything in a test may take before the test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it takes too long")
}

/// The binary, with none of the variables that a person may have set.
pub(crate) fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_everwire-gateway"));
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("EVERWIRE_GATEWAY_")) {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end.
pub(crate) async fn run(arguments: &[&str]) -> Output {
    in_time(binary(arguments).output()).await.unwrap()
}

/// What it says when it cannot start: its lines on standard error, once its exit code was 2.
pub(crate) async fn refused(command: &mut Command) -> Vec<String> {
    let output = in_time(command.output()).await.unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect()
}

pub(crate) fn file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::with_suffix(".toml").unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// `everwire-gateway serve` with a file, not yet started.
pub(crate) struct Serve {
    pub(crate) command: Command,
    config: NamedTempFile,
}

pub(crate) fn serve(config: &str) -> Serve {
    let config = file(config);
    Serve { command: binary(&["serve", "--config", config.path().to_str().unwrap()]), config }
}

/// `everwire-gateway serve`, listening.
pub(crate) struct Gateway {
    child: Child,
    log: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
    pub(crate) admin: Option<SocketAddr>,
    _config: NamedTempFile,
}

impl Gateway {
    pub(crate) async fn start(config: &str) -> Self {
        Self::start_with(config, &[]).await
    }

    pub(crate) async fn start_with(config: &str, flags: &[&str]) -> Self {
        let mut serve = serve(config);
        serve.command.args(flags);
        Self::start_command(serve).await
    }

    pub(crate) async fn start_command(mut serve: Serve) -> Self {
        let mut child = serve.command.stdout(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stdout.take().unwrap()).lines();
        let nowhere = SocketAddr::from(([0; 4], 0));
        let mut gateway = Self { child, log, address: nowhere, admin: None, _config: serve.config };
        let listening = gateway.line("listening").await;
        let url = listening["url"].as_str().unwrap().strip_prefix("ws://").unwrap();
        gateway.address = url.split_once('/').unwrap().0.parse().unwrap();
        let admin = listening["admin"].as_str();
        gateway.admin = admin.map(|url| url.strip_prefix("http://").unwrap().parse().unwrap());
        gateway
    }

    /// The next line of the log with a message; those before it are skipped. Every line is JSON.
    pub(crate) async fn line(&mut self, message: &str) -> Value {
        loop {
            let line = in_time(self.log.next_line()).await.unwrap().expect("the gateway has ended");
            let line: Value = serde_json::from_str(&line).expect(&line);
            if line["message"] == message {
                return line;
            }
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        self.try_connect().await.unwrap()
    }

    pub(crate) async fn try_connect(&self) -> Result<Client, tungstenite::Error> {
        Ok(in_time(connect_async(format!("ws://{}/dev?token=secret", self.address))).await?.0)
    }

    /// The status with which a handshake is refused.
    pub(crate) async fn refused_with(&self) -> u16 {
        match self.try_connect().await {
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            other => panic!("expected a refusal, got {other:?}"),
        }
    }

    /// Ends it by a signal; the rest of its log.
    pub(crate) async fn stop(mut self, signal: &str) -> (ExitStatus, Vec<String>) {
        let pid = self.child.id().unwrap().to_string();
        let kill = Command::new("sh").args(["-c", "kill -\"$1\" \"$2\"", "sh", signal, &pid]).status();
        assert!(kill.await.unwrap().success());
        let mut rest = Vec::new();
        while let Some(line) = in_time(self.log.next_line()).await.unwrap() {
            rest.push(line);
        }
        (in_time(self.child.wait()).await.unwrap(), rest)
    }
}

pub(crate) async fn say(client: &mut Client, text: &str) {
    in_time(client.send(Message::text(text))).await.unwrap();
}

/// The next message, which must be a text.
pub(crate) async fn hear(client: &mut Client) -> String {
    match in_time(client.next()).await {
        Some(Ok(Message::Text(text))) => text.to_string(),
        other => panic!("expected a text, got {other:?}"),
    }
}

/// The code of the close frame that comes next.
pub(crate) async fn close_code(client: &mut Client) -> u16 {
    match in_time(client.next()).await {
        Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
        other => panic!("expected a close frame, got {other:?}"),
    }
}
