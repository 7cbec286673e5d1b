//! The binary: the line that says ready, exit codes, signals, and what its output never holds.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use harness::{PATIENCE, call, socket};
use serde_json::{Value, json};

fn demo(folder: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_everwire-demo"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("EVERWIRE_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).args(flags).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A demo in a process of its own; dropped, it is killed.
struct Process {
    child: Child,
    address: SocketAddr,
    lines: mpsc::Receiver<String>,
}

impl Process {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = follow(child.stdout.take().unwrap());
        let address = loop {
            let line = lines.recv_timeout(PATIENCE).expect("no line that says ready");
            if let Some(url) = line.strip_prefix("Everwire console: http://") {
                break url.strip_suffix('/').unwrap().parse().unwrap();
            }
        };
        Self { child, address, lines }
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// Waits for its end: the exit code, the rest of its output, and standard error.
    fn end(mut self) -> (Option<i32>, Vec<String>, String) {
        let lines = self.lines.iter().collect();
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        (self.child.wait().unwrap().code(), lines, errors)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(output: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}

async fn sign_in(address: SocketAddr) -> harness::Pair {
    let request = hyper::Request::post("/demo/login").body(r#"{"user":"ada"}"#.into()).unwrap();
    call(address, request).await.pair()
}

/// Asserts one line on standard error, exit code 2, and that the line names what to do.
fn assert_refuses(output: &Output, parts: &[&str]) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    for part in parts {
        assert!(errors.contains(part), "no {part:?} in {errors}");
    }
}

#[tokio::test]
async fn it_says_where_it_is_and_keeps_its_files_private() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(&mut demo(folder.path(), &["--port", "0"]));
    assert!(process.address.ip().is_loopback());
    let pair = sign_in(process.address).await;
    assert!(socket(process.address, &format!("?token={}", pair.access)).await.is_ok());

    // The default store, and the secret beside it.
    let mode = |name: &str| fs::metadata(folder.path().join("target/demo").join(name)).unwrap().permissions().mode();
    assert_eq!(mode("demo.db.secret") & 0o777, 0o600);
    assert_eq!(mode("demo.db") & 0o077, 0, "refresh tokens are nobody else's business, hashed or not");
}

#[tokio::test]
async fn a_token_is_printed_for_the_demo_of_the_same_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = ["--store", "sqlite:here/store.db"];
    let process = Process::start(demo(folder.path(), &["--port", "0"]).args(store));
    let output = demo(folder.path(), &["token", "--sub", "42"]).args(store).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "the token and nothing else");
    assert!(socket(process.address, &format!("?token={}", text.trim_end())).await.is_ok());
}

#[tokio::test]
async fn a_printed_token_lives_as_long_as_asked_and_is_signed_with_the_secret_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = demo(folder.path(), &["token", "--sub", "42", "--token-lifetime", "3600"]);
    let output = command.env("EVERWIRE_JWT_SECRET", harness::SECRET).output().unwrap();
    let secret = everwire_demo::Secret::new(harness::SECRET).unwrap();
    let issuer = everwire_demo::Issuer::new(&secret, 5, everwire_demo::Clock::system());
    let claims = issuer.verify(String::from_utf8(output.stdout).unwrap().trim_end()).unwrap();
    assert_eq!((claims.sub.as_str(), claims.exp - claims.iat), ("42", 3600));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is kept");
}

#[test]
fn where_no_demo_has_run_or_nobody_is_named_there_is_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let refuse = |flags: &[&str], parts: &[&str]| assert_refuses(&demo(folder.path(), flags).output().unwrap(), parts);
    refuse(&["token", "--sub", "42"], &["no demo has run", "target/demo/demo.db.secret", "--store"]);
    refuse(&["token", "--sub", "a\nb"], &["--sub", "control characters"]);
    refuse(&["token", "--sub", " "], &["--sub", "not empty"]);
    refuse(&["token"], &["--sub <USER>"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made");
}

#[test]
fn every_flag_has_a_variable() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("EVERWIRE_PORT", "0"),
        ("EVERWIRE_STAGE", "live"),
        ("EVERWIRE_STORE", "sqlite:here/store.db"),
        ("EVERWIRE_ADMIN", "0"),
        ("EVERWIRE_CONSOLE", "here"),
        ("EVERWIRE_TOKEN_LIFETIME", "5"),
        ("EVERWIRE_LOG", "off"),
        ("EVERWIRE_JWT_SECRET", harness::SECRET),
    ];
    let process = Process::start(demo(folder.path(), &[]).envs(variables));
    assert!(folder.path().join("here/store.db").exists());
    assert!(!folder.path().join("here/store.db.secret").exists(), "a secret that was given is not kept");
    process.signal("TERM");
    let (code, lines, errors) = process.end();
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(lines, Vec::<String>::new(), "log level off");
}

#[test]
fn help_and_version_are_no_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    for (flag, part) in [("--help", "--store"), ("--version", env!("CARGO_PKG_VERSION"))] {
        let output = demo(folder.path(), &[flag]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(part), "{flag}");
        assert!(!text.contains("```"), "what is said about the code is not for the command line: {text}");
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn what_is_wrong_is_said_in_one_line_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "no folder").unwrap();
    fs::write(
        folder.path().join("text.db"),
        "not a database, but long enough to have a header of its own. ".repeat(20),
    )
    .unwrap();
    fs::create_dir(folder.path().join("folder.db")).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|address| (address.port().to_string(), taken)).unwrap();

    let cases: [(&[&str], &[&str]); 13] = [
        (&["--prot", "1"], &["--prot", "--help"]),
        (&["--port", "many"], &["--port", "many", "--help"]),
        (&["--port", "65536"], &["--port", "65536"]),
        (&["--token-lifetime", "1"], &["--token-lifetime"]),
        (&["stray"], &["stray"]),
        (&["--store", "postgres://localhost"], &["--store", "sqlite:FILE"]),
        (&["--store", "sqlite:"], &["sqlite:FILE"]),
        (&["--store", "sqlite::memory:"], &["sqlite:FILE"]),
        (&["--stage", "a/b"], &["stage"]),
        (&["--store", "sqlite:file/demo.db"], &["file", "--store sqlite:FILE"]),
        (&["--store", "sqlite:folder.db"], &["folder.db"]),
        (&["--store", "sqlite:text.db"], &["text.db"]),
        (&["--port", &taken.0], &[&taken.0, "taken", "--port PORT"]),
    ];
    for (flags, parts) in cases {
        let free: &[&str] = if flags.contains(&"--port") { &[] } else { &["--port", "0"] };
        assert_refuses(&demo(folder.path(), &[flags, free].concat()).output().unwrap(), parts);
    }
    let admin = demo(folder.path(), &["--port", "0", "--admin", &taken.0]).output().unwrap();
    assert_refuses(&admin, &[&taken.0, "taken", "--admin PORT"]);
    let short = demo(folder.path(), &["--port", "0"]).env("EVERWIRE_JWT_SECRET", "short-secret").output().unwrap();
    assert_refuses(&short, &["EVERWIRE_JWT_SECRET", "32"]);
    assert!(!String::from_utf8_lossy(&short.stderr).contains("short-secret"), "the secret is repeated");
    let variable = demo(folder.path(), &[]).env("EVERWIRE_PORT", "many").output().unwrap();
    assert_refuses(&variable, &["--port", "many"]);
}

#[test]
fn a_second_demo_on_the_same_store_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let first = Process::start(&mut demo(folder.path(), &["--port", "0"]));
    let second = demo(folder.path(), &["--port", "0"]).output().unwrap();
    assert_refuses(&second, &["another demo", "demo.db", "--store sqlite:FILE"]);
    let same_port = demo(folder.path(), &["--port", &first.address.port().to_string()]).output().unwrap();
    assert_refuses(&same_port, &["taken", "--port PORT"]);
}

#[tokio::test]
async fn sigterm_and_ctrl_c_close_the_sockets_and_run_disconnect_once_each() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().unwrap();
        let process = Process::start(&mut demo(folder.path(), &["--port", "0"]));
        let pair = sign_in(process.address).await;
        let query = format!("?token={}", pair.access);
        let mut sockets = Vec::new();
        for _ in 0..3 {
            sockets.push(socket(process.address, &query).await.unwrap());
        }
        process.signal(signal);
        for socket in &mut sockets {
            assert_eq!(socket.close_code().await, Some(1001), "SIG{signal}");
        }
        let (code, lines, errors) = process.end();
        assert_eq!((code, errors.as_str()), (Some(0), ""), "SIG{signal}");
        let disconnected = gateway_lines(&lines, "disconnect");
        assert_eq!(disconnected.len(), 3, "SIG{signal}: {lines:#?}");
    }
}

#[tokio::test]
async fn a_killed_demo_still_knows_its_tokens_and_forgets_its_connections() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(&mut demo(folder.path(), &["--port", "0"]));
    let pair = sign_in(process.address).await;
    let expire = hyper::Request::post("/demo/expire")
        .header("authorization", format!("Bearer {}", pair.access))
        .body("".into())
        .unwrap();
    assert_eq!(call(process.address, expire).await.status, 204);
    let fresh = sign_in(process.address).await;
    let _left_behind = socket(process.address, &format!("?token={}", fresh.access)).await.unwrap();
    process.signal("KILL");
    process.end();

    let process = Process::start(&mut demo(folder.path(), &["--port", "0"]));
    assert_eq!(socket(process.address, &format!("?token={}", pair.access)).await.err(), Some(403));
    let body = json!({"refreshToken": pair.refresh}).to_string();
    let refresh = hyper::Request::post("/demo/refresh").body(body.into()).unwrap();
    let fresh = call(process.address, refresh).await.pair();
    let mut open = socket(process.address, &format!("?token={}", fresh.access)).await.unwrap();
    let list = open.ask(&json!({"action": "list"})).await;
    assert_eq!(
        list["connections"].as_array().unwrap().len(),
        1,
        "the connection that died with the demo is not listed"
    );
}

#[tokio::test]
async fn the_log_has_one_json_line_per_event_and_never_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(&mut demo(folder.path(), &["--port", "0", "--log", "trace"]));
    let pair = sign_in(process.address).await;
    let good = format!("?token={}", pair.access);
    let mut open = socket(process.address, &good).await.unwrap();
    let id = open.connection_id().await;
    let push = hyper::Request::post("/demo/push")
        .header("authorization", format!("Bearer {}", pair.access))
        .body(r#"{"n":1}"#.into())
        .unwrap();
    assert_eq!(call(process.address, push).await.json()["delivered"], 1);
    open.send(format!(r#"{{"action":"{}"}}"#, pair.access)).await;
    open.json().await;
    let body = json!({"refreshToken": pair.refresh}).to_string();
    let refresh = hyper::Request::post("/demo/refresh").body(body.into()).unwrap();
    let fresh = call(process.address, refresh).await.pair();
    // Refused: nothing is said about the authorizer when there is no token, and its reason when there is a bad one.
    assert_eq!(socket(process.address, "").await.err(), Some(401));
    assert_eq!(socket(process.address, &format!("{good}x")).await.err(), Some(403));
    process.signal("TERM");
    let (_, lines, _) = process.end();

    for line in &lines {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "not JSON: {line}");
    }
    let posts = gateway_lines(&lines, "post");
    assert_eq!(posts.len(), 1, "{lines:#?}");
    assert_eq!((&posts[0]["connection"], &posts[0]["status"]), (&json!(id), &json!(200)));
    assert_eq!(gateway_lines(&lines, "connect").len(), 1);
    let refused: Vec<_> = gateway_lines(&lines, "refused").iter().map(|line| line["status"].clone()).collect();
    assert_eq!(refused, [401, 403]);
    let authorizer_refusals = lines.iter().filter(|line| line.contains("everwire_backend") && line.contains("refus"));
    assert_eq!(authorizer_refusals.count(), 1, "the authorizer was not invoked without a token: {lines:#?}");

    let log = lines.join("\n");
    for token in [&pair.access, &pair.refresh, &fresh.access, &fresh.refresh] {
        let secret_part = token.rsplit('.').next().unwrap();
        assert!(!log.contains(secret_part), "a token is in the log: {log}");
    }
}

/// The gateway's log lines with this message.
fn gateway_lines(lines: &[String], message: &str) -> Vec<Value> {
    let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["target"].as_str().is_some_and(|target| target.starts_with("everwire_gateway")))
        .filter(|line| line["message"] == message)
        .collect()
}
