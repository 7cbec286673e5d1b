//! What the gateway says of its work, and what it never says.

use std::io;
use std::sync::{Arc, Mutex};

use everwire_gateway::{ConnectionId, Fault, Gateway, function};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Running, allow, constant, failing, ok, only_id, recorded, say};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The one line with a message.
    fn line(&self, message: &str) -> String {
        let text = self.text();
        let lines: Vec<_> =
            text.lines().filter(|line| line.contains(&format!(" everwire_gateway: {message} "))).collect();
        assert_eq!(lines.len(), 1, "{message} in\n{text}");
        lines[0].to_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Records everything that is traced on this thread, at every level.
fn recording() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

const SECRET: &str = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl";

#[tokio::test]
async fn every_event_is_one_line() {
    let (log, _guard) = recording();
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .authorizer(constant(allow()), "token")
            .route("send", message)
            .route("$disconnect", disconnect),
    )
    .await;
    let mut client = running.connect(&format!("/dev?token={SECRET}")).await;
    let id = only_id(&running);
    say(&mut client, r#"{"action":"send"}"#).await;
    messages.next().await;
    running.post(&format!("/dev/@connections/{id}"), "x").await;
    client.close(None).await.unwrap();
    drop(client);
    disconnects.next().await;
    running.stop().await;

    assert!(log.line("connect").contains(&format!("connection={id} route=\"$connect\" status=101")));
    assert!(log.line("message").contains(&format!("connection={id} route=send status=\"ok\"")));
    assert!(log.line("post").contains(&format!("connection={id} status=200")));
    assert!(log.line("disconnect").contains(&format!("connection={id} code=1005")));
}

#[tokio::test]
async fn a_fault_that_is_asked_for_is_one_line_and_its_end_another() {
    let (log, _guard) = recording();
    let running = Running::start(Gateway::builder("dev")).await;
    let _client = running.connect("/dev").await;
    let id = only_id(&running);
    running.gateway.faults().half_open(id.parse::<ConnectionId>().unwrap()).unwrap();
    assert!(log.line("fault").ends_with(&format!("fault=\"half-open\" connection={id}")), "{}", log.text());
    running.gateway.faults().clear(Fault::HalfOpen);
    assert!(log.line("fault cleared").ends_with("fault=\"half-open\""), "{}", log.text());
}

#[tokio::test]
async fn a_refusal_is_one_line_with_its_cause() {
    let (log, _guard) = recording();
    let running = Running::start(Gateway::builder("dev").authorizer(constant(allow()), "token")).await;
    running.refused("/dev").await;
    assert!(log.line("refused").contains("status=401 cause=\"no identity\""));
}

/// A function that fails, and whose error quotes the event.
fn quoting() -> impl everwire_gateway::Function {
    function(|event: bytes::Bytes| async move {
        Err(everwire_gateway::FunctionError::new("Error", String::from_utf8_lossy(&event)))
    })
}

#[tokio::test]
async fn a_functions_text_cannot_forge_lines() {
    for route in ["$connect", "$default", "$disconnect"] {
        let (log, _guard) = recording();
        let failing = failing("boom\r\nforged\u{1b}[31m");
        let running = Running::start(Gateway::builder("dev").route(route, failing)).await;
        if let Ok(mut client) = running.try_connect("/dev").await {
            say(&mut client, "x").await;
            let _ = client.close(None).await;
        }
        running.until_open(0).await;
        running.stop().await;
        assert!(log.text().contains(&format!("route=\"{route}\"")) || log.text().contains(&format!("route={route}")));
        let text = log.text();
        assert!(!text.contains("\nforged") && !text.contains('\u{1b}'), "{text}");
    }
}

#[tokio::test]
async fn a_token_is_in_no_line_at_any_level() {
    let (log, _guard) = recording();
    for (authorizer, stage) in [
        (Arc::new(constant(allow())) as Arc<dyn everwire_gateway::Function>, "/dev"),
        (Arc::new(quoting()), "/dev"),
        (Arc::new(failing("x")), "/prod"),
    ] {
        let running = Running::start(Gateway::builder("dev").authorizer(authorizer, "token")).await;
        let encoded = SECRET.replace('.', "%2E");
        for token in [SECRET, &encoded] {
            let _ = running.try_connect(&format!("{stage}?token={token}")).await;
            running.refused(&format!("{stage}/{token}?token={token}")).await;
            running
                .http(&format!("GET {stage}?token={token} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .await;
            running.http(&format!("{token} BROKEN\r\n\r\n")).await;
        }
        running.stop().await;
    }
    // The event of `$connect` has the token too.
    let running = Running::start(Gateway::builder("dev").route("$connect", quoting())).await;
    assert_eq!(running.refused(&format!("/dev?token={SECRET}")).await.status, 502);
    assert!(log.text().contains("route=\"$connect\" cause=Error"), "{}", log.text());
    running.stop().await;
    // A sub-protocol may be a token, and a careless `$connect` gives all of them back.
    let header = json!({"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": format!("v1, bearer.{SECRET}")}});
    let running = Running::start(Gateway::builder("dev").route("$connect", constant(header))).await;
    drop(running.connect("/dev").await);
    running.stop().await;
    assert!(log.text().contains("returned a sub-protocol"), "{}", log.text());

    let text = log.text();
    assert!(!text.is_empty());
    for secret in ["c2VjcmV0", "c2lnbmF0dXJl"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_clients_text_cannot_forge_lines() {
    let (log, _guard) = recording();
    let running = Running::start(Gateway::builder("dev")).await;
    running.post("/dev/@connections/a%0d%0ab%1b[31m", "x").await;
    let mut client = running.connect("/dev").await;
    let reason = "bye\r\nforged\u{1b}[31m";
    let frame = tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1000.into(), reason: reason.into() };
    client.close(Some(frame)).await.unwrap();
    drop(client);
    running.until_open(0).await;
    running.stop().await;
    assert!(log.line("post").contains(r"connection=a\r\nb\u{1b}[31m status=400"));
    assert!(log.line("disconnect").contains(r"reason=bye\r\nforged\u{1b}[31m"));
    assert!(!log.text().contains('\u{1b}'));
}

#[tokio::test]
async fn a_port_that_browsers_block_is_warned_of_and_served() {
    let (log, _guard) = recording();
    let gateway = Gateway::builder("dev").build().unwrap();
    gateway.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    assert!(!log.text().contains("browsers"), "a free port is none that browsers block");
    let mut bound = None;
    // Something else may listen on one of them.
    for port in [10080_u16, 6697, 6669, 6566, 5061, 4190] {
        bound = gateway.bind(([127, 0, 0, 1], port).into()).await.ok().map(|_| port);
        if bound.is_some() {
            break;
        }
    }
    let port = bound.expect("one of the ports is free");
    let text = log.text();
    assert!(text.contains("WARN everwire_gateway: browsers refuse to connect to this port"), "{text}");
    assert!(text.contains(&format!("port={port}")), "{text}");
}
