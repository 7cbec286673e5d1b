//! `docs/faults.md` does what it says: each of its curl lines is run, and its effect is checked.

use std::io;
use std::time::{Duration, Instant};

use everwire_gateway::{DisconnectFault, Fault, Gateway, ManagementFault, Target};
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::support::{
    Client, Events, Running, close_code, echo, hear, in_time, ok, only_id, post, recorded, say, upgrade,
};

const DOCUMENT: &str = include_str!("../../../docs/faults.md");
const ADMIN: &str = "http://127.0.0.1:4401";

/// A gateway with an admin port and one client.
struct Scene {
    running: Running,
    admin: String,
    client: Client,
    id: String,
    disconnects: Events,
}

/// The document's curl lines: those within its code.
fn lines() -> Vec<&'static str> {
    let code = DOCUMENT.split("```").skip(1).step_by(2);
    code.flat_map(str::lines).filter(|line| line.starts_with("curl ")).collect()
}

/// Method, path with query, and body of a line.
fn request(line: &str) -> (&str, &str, &str) {
    let method = line.split_once("-X ").map_or("GET", |(_, rest)| rest.split(' ').next().unwrap());
    let path = line.split_once(ADMIN).unwrap().1.trim_end_matches('"');
    let body = line.split_once("-d '").map_or("", |(_, rest)| rest.rsplit_once("' http").unwrap().0);
    (method, path, body)
}

impl Scene {
    async fn set() -> Self {
        let (disconnect, disconnects) = recorded(|_| Ok(ok()));
        let builder = Gateway::builder("dev").two_way_route("$default", echo()).route("$disconnect", disconnect);
        let running = Running::start(builder).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let admin = format!("http://{}", listener.local_addr().unwrap());
        let router = running.gateway.admin_router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = running.connect("/dev").await;
        let id = only_id(&running);
        Self { running, admin, client, id, disconnects }
    }

    /// Runs a line as a shell would; the status and body of the answer.
    async fn run(&self, line: &str) -> (u16, String) {
        let line = format!("{} -sS -w '\\n%{{http_code}}'", line.replace(ADMIN, &self.admin));
        let output = in_time(Command::new("sh").args(["-c", &line]).env("ID", &self.id).output()).await.unwrap();
        assert_ne!(
            output.status.code(),
            Some(127),
            "curl is missing: install it, this test runs what docs/faults.md shows"
        );
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let (body, status) = text.rsplit_once('\n').unwrap();
        (status.parse().unwrap(), body.to_owned())
    }

    async fn post(&self, text: &str) -> u16 {
        self.running.post(&format!("/dev/@connections/{}", self.id), text).await.status
    }

    /// How long the client's message takes to and fro.
    async fn echo(&mut self) -> Duration {
        let started = Instant::now();
        say(&mut self.client, "echo").await;
        assert_eq!(hear(&mut self.client).await, "echo");
        started.elapsed()
    }

    async fn is_reset(&mut self) -> bool {
        in_time(self.client.next()).await.is_some_and(|read| read.is_err())
    }

    /// Sets every standing fault, so that there is something to clear.
    fn set_everything(&self) {
        let faults = self.running.gateway.faults();
        let (one, ms) = (Target::One(self.id.parse().unwrap()), Duration::from_millis);
        faults.blackhole(None);
        faults.refuse(500, None).unwrap();
        faults.accept_then_close(1001, "", None).unwrap();
        faults.half_open(one).unwrap();
        faults.delay(one, ms(9)).unwrap();
        faults.dribble(one, ms(9)).unwrap();
        faults.disconnect(one, DisconnectFault::Drop, None).unwrap();
        faults.management(one, ManagementFault::Gone, None).unwrap();
    }

    fn standing(&self) -> Vec<String> {
        let listed = serde_json::to_value(self.running.gateway.faults().active()).unwrap();
        listed.as_array().unwrap().iter().map(|fault| fault["fault"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn every_line_of_the_document_has_its_effect() {
    let lines = lines();
    assert!(lines.len() > 25, "{lines:?}");
    for line in lines {
        let scene = Scene::set().await;
        match request(line) {
            ("GET", path, "") => reading(scene, line, path).await,
            ("DELETE", path, "") => clearing(scene, line, path).await,
            ("POST", path, body) => ending(scene, line, path, body).await,
            ("PUT", path, body) => standing(scene, line, path, body).await,
            unknown => panic!("{line}: {unknown:?} is not checked"),
        }
    }
}

#[test]
fn every_fault_is_in_the_document_with_its_end() {
    let has = |method, path: String| {
        lines()
            .iter()
            .map(|line| request(line))
            .any(|(known, at, _)| known == method && at.split('?').next() == Some(&path))
    };
    for name in ["kill", "close"] {
        assert!(has("POST", format!("/faults/{name}")), "{name}");
    }
    for fault in Fault::ALL {
        let path = format!("/faults/{}", fault.name());
        assert!(has("PUT", path.clone()) && has("DELETE", path), "{fault:?}");
    }
}

async fn reading(scene: Scene, line: &str, path: &str) {
    scene.running.gateway.faults().refuse(503, Some(2)).unwrap();
    let (status, body) = scene.run(line).await;
    assert_eq!(status, 200, "{line}");
    match path {
        "/connections" => {
            let listed: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(listed["connections"][0]["connectionId"], scene.id);
        }
        "/faults" => {
            let listed: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(listed, json!({"faults": [{"fault": "refuse", "status": 503, "times": 2}]}));
        }
        "/metrics" => assert!(body.contains("\neverwire_gateway_connections_open 1\n"), "{body}"),
        _ => panic!("{line}: the effect is not checked"),
    }
}

async fn clearing(scene: Scene, line: &str, path: &str) {
    scene.set_everything();
    assert_eq!(scene.standing().len(), Fault::ALL.len());
    assert_eq!(scene.run(line).await, (204, String::new()), "{line}");
    let cleared = path.strip_prefix("/faults").unwrap().trim_start_matches('/').split('?').next().unwrap();
    let left = Fault::ALL.iter().filter(|fault| !cleared.is_empty() && fault.name() != cleared).count();
    assert_eq!(scene.standing().len(), left, "{line}");
    assert!(!scene.standing().contains(&cleared.to_owned()), "{line}");
}

async fn ending(mut scene: Scene, line: &str, path: &str, body: &str) {
    let (status, answer) = scene.run(line).await;
    assert_eq!(status, 200, "{line}");
    let code = match path {
        "/faults/kill" => {
            assert_eq!(answer, r#"{"killed":1}"#);
            assert!(scene.is_reset().await, "{line}");
            1006
        }
        "/faults/close" => {
            assert_eq!(answer, r#"{"closed":1}"#);
            let code = if body.contains("1012") { 1012 } else { 4401 };
            assert_eq!(close_code(&mut scene.client).await, code, "{line}");
            code
        }
        _ => panic!("{line}: the effect is not checked"),
    };
    drop(scene.client);
    assert_eq!(scene.disconnects.next().await["requestContext"]["disconnectStatusCode"], code, "{line}");
}

async fn standing(mut scene: Scene, line: &str, path: &str, body: &str) {
    assert_eq!(scene.run(line).await, (204, String::new()), "{line}");
    let fault = scene.running.gateway.faults();
    match (path.strip_prefix("/faults/").unwrap(), body) {
        ("blackhole", r#"{"times":1}"#) => {
            let mut swallowed = scene.running.raw().await;
            swallowed.write_all(upgrade("/dev", &scene.running.address.to_string()).as_bytes()).await.unwrap();
            scene.running.until_no_fault_stands().await;
            scene.running.connect("/dev").await;
            assert_eq!(swallowed.try_read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
        ("refuse", r#"{"status":503,"times":3}"#) => {
            for _ in 0..3 {
                assert_eq!(scene.running.refused("/dev").await.status, 503);
            }
            scene.running.connect("/dev").await;
        }
        ("accept-then-close", r#"{"code":1013,"times":1}"#) => {
            assert_eq!(close_code(&mut scene.running.connect("/dev").await).await, 1013);
            scene.echo().await;
        }
        ("half-open", r#"{"connectionId":"'$ID'"}"#) => {
            say(&mut scene.client, "said").await;
            let mut other = scene.running.connect("/dev").await;
            say(&mut other, "other").await;
            assert_eq!(hear(&mut other).await, "other");
            assert!(scene.client.next().now_or_never().is_none());
            fault.clear(Fault::HalfOpen);
            assert_eq!(hear(&mut scene.client).await, "said");
        }
        ("delay", r#"{"milliseconds":250}"#) => assert!(scene.echo().await >= Duration::from_millis(500)),
        ("delay", r#"{"milliseconds":100,"connectionId":"'$ID'"}"#) => {
            assert!(scene.echo().await >= Duration::from_millis(200));
        }
        // Two bytes of header and four of text have five pauses between them.
        ("dribble", r#"{"milliseconds":20}"#) => assert!(scene.echo().await >= Duration::from_millis(100)),
        ("disconnect", r#"{"mode":"drop","times":1}"#) => {
            drop(scene.client);
            scene.running.until_no_fault_stands().await;
            scene.running.stop().await;
            assert!(scene.disconnects.is_empty());
        }
        ("disconnect", r#"{"mode":"duplicate"}"#) => {
            drop(scene.client);
            assert_eq!(scene.disconnects.next().await, scene.disconnects.next().await);
        }
        ("disconnect", r#"{"mode":"delay","milliseconds":300}"#) => {
            let started = Instant::now();
            drop(scene.client);
            scene.disconnects.next().await;
            assert!(started.elapsed() >= Duration::from_millis(300));
        }
        ("management", r#"{"answer":"410","times":2}"#) => {
            assert_eq!([scene.post("x").await, scene.post("x").await, scene.post("x").await], [410, 410, 200]);
        }
        ("management", r#"{"answer":"429","connectionId":"'$ID'"}"#) => assert_eq!(scene.post("x").await, 429),
        ("management", r#"{"answer":"500"}"#) => {
            assert_eq!(scene.post("lost").await, 500);
            fault.clear_all();
            scene.echo().await;
        }
        ("management", r#"{"answer":"hang","times":1}"#) => {
            let mut hanging = scene.running.raw().await;
            let request = post(&format!("/dev/@connections/{}", scene.id), "localhost", "", "lost");
            hanging.write_all(request.as_bytes()).await.unwrap();
            scene.running.until_no_fault_stands().await;
            scene.echo().await;
            assert_eq!(hanging.try_read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
        ("management", r#"{"answer":"500-after-delivery"}"#) => {
            assert_eq!(scene.post("delivered").await, 500);
            assert_eq!(hear(&mut scene.client).await, "delivered");
        }
        _ => panic!("{line}: the effect is not checked"),
    }
}
