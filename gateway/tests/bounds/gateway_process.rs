//! A gateway in a process of its own: this test program again, told to serve.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use everwire_gateway::{Gateway, function};
use serde_json::{Value, json};

pub(crate) struct GatewayProcess {
    pub(crate) address: SocketAddr,
    child: Child,
    /// The process ends when this is closed.
    stdin: Option<ChildStdin>,
    log: BufReader<ChildStderr>,
    /// Kept open, since the process writes its end to it.
    _stdout: BufReader<ChildStdout>,
}

impl GatewayProcess {
    /// Starts one, with a limit of file descriptors if there is one.
    pub(crate) fn start(descriptors: Option<u32>) -> Self {
        let limit = descriptors.map(|limit| format!("ulimit -n {limit} && ")).unwrap_or_default();
        let mut child = Command::new("sh")
            .args(["-c", &format!(r#"{limit}exec "$0" "$@""#)])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "gateway_process::serve", "--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let address = stdout
            .by_ref()
            .lines()
            .find_map(|line| line.unwrap().split_once("listening ").map(|(_, address)| address.parse().unwrap()))
            .expect("the gateway listens");
        let stdin = child.stdin.take();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { address, child, stdin, log, _stdout: stdout }
    }

    /// Reads the log up to a line with a text.
    pub(crate) fn log_line(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.log.read_line(&mut line).unwrap(), 0, "the log ended without {text:?}");
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Ends it in order, and returns the rest of its log.
    pub(crate) fn stop(mut self) -> String {
        drop(self.stdin.take());
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success(), "{rest}");
        rest
    }

    /// The memory that is in use, from the kernel's own account.
    pub(crate) fn resident_bytes(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
    }
}

impl Drop for GatewayProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
#[ignore = "the process that the other tests start"]
async fn serve() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_ansi(false).with_writer(std::io::stderr).init();
    let echo = function(|event: Bytes| async move {
        let event: Value = serde_json::from_slice(&event).unwrap();
        Ok(json!({"statusCode": 200, "body": event["body"]}).to_string().into())
    });
    let gateway = Gateway::builder("dev")
        .handshake_timeout(Duration::from_secs(1))
        .two_way_route("$default", echo)
        .build()
        .unwrap();
    let listener = gateway.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    println!("listening {}", listener.local_addr());
    let told_to_end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()).unwrap());
    listener
        .serve(async {
            told_to_end.await.unwrap();
        })
        .await;
}
