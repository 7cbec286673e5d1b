//! Every way a connection can end runs `$disconnect` exactly once, with its code and reason.

use std::time::Duration;

use everwire_gateway::{Gateway, GatewayBuilder};
use futures_util::SinkExt as _;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::support::{Events, Running, constant, failing, in_time, ok, only_id, recorded};
use crate::wire::{BINARY, CLOSE, FIN, TEXT, Wire, frame, header};

pub(crate) fn watched() -> (GatewayBuilder, Events) {
    let (disconnect, disconnects) = recorded(|_| Ok(ok()));
    (Gateway::builder("dev").route("$disconnect", disconnect), disconnects)
}

/// Checks that one `$disconnect` came with a code and reason, and after the gateway has stopped no second one.
async fn assert_disconnected_once(running: Running, mut disconnects: Events, code: u16, reason: &str) {
    let context = disconnects.next().await["requestContext"].clone();
    assert_eq!(
        (&context["disconnectStatusCode"], &context["disconnectReason"]),
        (&Value::from(code), &Value::from(reason))
    );
    assert_eq!(context["eventType"], "DISCONNECT");
    assert!(running.gateway.connections().is_empty(), "the socket is gone before $disconnect");
    running.stop().await;
    assert!(disconnects.is_empty(), "$disconnect ran twice");
}

/// Lets the client end its connection.
async fn client_ends(code: u16, reason: &str, end: impl AsyncFnOnce(Wire)) {
    let (builder, disconnects) = watched();
    let running = Running::start(builder).await;
    end(Wire::connect(&running).await).await;
    assert_disconnected_once(running, disconnects, code, reason).await;
}

/// Lets the client send bytes that the gateway closes for.
async fn gateway_closes(bytes: Vec<u8>, code: u16, reason: &str) {
    client_ends(code, reason, async |mut wire| {
        wire.send(&bytes).await;
        assert_eq!(wire.closed_with().await, code);
    })
    .await;
}

fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes()[..], reason.as_bytes()].concat()
}

#[tokio::test]
async fn closed_by_the_client_without_a_code() {
    client_ends(1005, "Client-side close frame status not set", async |mut wire| {
        wire.send(&frame(FIN | CLOSE, &[])).await;
        assert_eq!(wire.read().await.unwrap(), (FIN | CLOSE, vec![]));
        assert!(wire.read().await.is_none());
    })
    .await;
}

#[tokio::test]
async fn left_by_the_browser() {
    client_ends(1001, "", async |mut wire| {
        wire.send(&frame(FIN | CLOSE, &close_payload(1001, ""))).await;
        assert_eq!(wire.closed_with().await, 1001);
    })
    .await;
}

#[tokio::test]
async fn closed_by_the_client_with_a_code_and_reason() {
    for (code, reason) in [(1000, "bye"), (1000, ""), (3000, "café"), (4999, "own\r\n\u{1b}[31m")] {
        client_ends(code, reason, async |mut wire| {
            wire.send(&frame(FIN | CLOSE, &close_payload(code, reason))).await;
            assert_eq!(wire.closed_with().await, code);
        })
        .await;
    }
}

#[tokio::test]
async fn closed_by_the_client_with_a_code_that_must_not_be_sent() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
        client_ends(1002, "Protocol violation", async |mut wire| {
            wire.send(&frame(FIN | CLOSE, &close_payload(code, ""))).await;
            assert_eq!(wire.closed_with().await, 1002);
        })
        .await;
    }
}

#[tokio::test]
async fn closed_by_the_client_that_does_not_wait_for_the_answer() {
    client_ends(1000, "bye", async |mut wire| {
        wire.send(&frame(FIN | CLOSE, &close_payload(1000, "bye"))).await;
    })
    .await;
}

#[tokio::test]
async fn closed_by_the_client_that_then_keeps_the_stream_open() {
    let (builder, disconnects) = watched();
    let running = Running::start(builder.close_timeout(Duration::from_millis(50))).await;
    let mut wire = Wire::connect(&running).await;
    wire.send(&frame(FIN | CLOSE, &[])).await;
    assert_disconnected_once(running, disconnects, 1005, "Client-side close frame status not set").await;
    drop(wire);
}

#[tokio::test]
async fn lost_without_a_close_frame() {
    client_ends(1006, "Connection closed abnormally", async |wire| drop(wire)).await;
}

#[tokio::test]
async fn lost_within_a_frame() {
    client_ends(1006, "Connection closed abnormally", async |mut wire| {
        wire.send(&frame(FIN | TEXT, b"only half of it")[..9]).await;
    })
    .await;
}

#[tokio::test]
async fn reset_by_the_client() {
    client_ends(1006, "Connection closed abnormally", async |wire| wire.0.set_zero_linger().unwrap()).await;
}

#[tokio::test]
async fn too_large_a_frame() {
    gateway_closes(header(FIN | TEXT, 33_000), 1009, "Frame of more than 32768 bytes").await;
}

#[tokio::test]
async fn too_large_a_message() {
    let mut bytes = frame(TEXT, &vec![b'x'; 32_768]);
    for _ in 0..4 {
        bytes.extend(frame(0, &vec![b'x'; 32_768]));
    }
    gateway_closes(bytes, 1009, "Message of more than 131072 bytes").await;
}

#[tokio::test]
async fn a_binary_message() {
    gateway_closes(frame(FIN | BINARY, b"x"), 1003, "Binary messages are not supported").await;
}

#[tokio::test]
async fn a_protocol_error() {
    gateway_closes(frame(FIN | 0x40 | TEXT, b"x"), 1002, "Protocol error").await;
}

#[tokio::test]
async fn text_that_is_not_utf_8() {
    gateway_closes(frame(FIN | TEXT, &[0xc3, 0x28]), 1007, "Text is not UTF-8").await;
}

#[tokio::test]
async fn killed_by_a_fault() {
    let (builder, disconnects) = watched();
    let running = Running::start(builder).await;
    let mut wire = Wire::connect(&running).await;
    let id = only_id(&running).parse().unwrap();
    assert!(running.gateway.faults().kill(&id));
    let end = in_time(tokio::io::AsyncReadExt::read_u8(&mut wire.0)).await.unwrap_err();
    assert_eq!(end.kind(), std::io::ErrorKind::ConnectionReset, "a reset, not an end of stream");
    assert!(!running.gateway.faults().kill(&id));
    assert_disconnected_once(running, disconnects, 1006, "Connection closed abnormally").await;
}

#[tokio::test]
async fn closed_by_the_backend() {
    let (builder, disconnects) = watched();
    let running = Running::start(builder).await;
    let mut wire = Wire::connect(&running).await;
    let path = format!("/dev/@connections/{}", only_id(&running));
    let delete = crate::support::post(&path, &running.address.to_string(), "", "").replace("POST ", "DELETE ");
    // What was posted before it still arrives.
    assert_eq!(running.post(&path, "last words").await.status, 200);
    let response = running.http(&delete).await;
    assert_eq!((response.status, response.body.as_str()), (204, ""));
    assert_eq!(wire.read().await.unwrap(), (FIN | TEXT, b"last words".to_vec()));
    for method in ["POST ", "GET ", "DELETE "] {
        let late = running.http(&delete.replace("DELETE ", method)).await;
        assert_eq!((late.status, late.header("x-amzn-errortype")), (410, Some("GoneException")));
    }
    assert_eq!(wire.closed_with().await, 1000);
    drop(wire);
    assert_disconnected_once(running, disconnects, 1000, "Connection Closed Normally").await;
}

#[tokio::test]
async fn a_failing_disconnect_is_not_repeated() {
    let (disconnect, mut disconnects) =
        recorded(|_| Err(everwire_gateway::FunctionError::new("Error", "the store is gone")));
    let running = Running::start(Gateway::builder("dev").route("$disconnect", disconnect)).await;
    drop(Wire::connect(&running).await);
    disconnects.next().await;
    running.stop().await;
    assert!(disconnects.is_empty());
}

#[tokio::test]
async fn after_the_clients_close_frame_nothing_is_dispatched() {
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let (builder, disconnects) = watched();
    let running = Running::start(builder.route("$default", message)).await;
    let mut wire = Wire::connect(&running).await;
    let mut bytes = frame(FIN | TEXT, b"before");
    bytes.extend(frame(FIN | CLOSE, &[]));
    bytes.extend(frame(FIN | TEXT, b"after"));
    wire.send(&bytes).await;
    assert_eq!(messages.next().await["body"], "before");
    drop(wire);
    assert_disconnected_once(running, disconnects, 1005, "Client-side close frame status not set").await;
    assert!(messages.is_empty());
}

#[tokio::test]
async fn a_post_to_a_closed_connection_is_gone() {
    let (builder, mut disconnects) = watched();
    let running = Running::start(builder.two_way_route("$default", constant(ok()))).await;
    let mut client = running.connect("/dev").await;
    let path = format!("/dev/@connections/{}", only_id(&running));
    assert_eq!(running.post(&path, "alive").await.status, 200);
    let goodbye = CloseFrame { code: 1000.into(), reason: "".into() };
    in_time(client.send(Message::Close(Some(goodbye)))).await.unwrap();
    drop(client);
    disconnects.next().await;
    assert_eq!(running.post(&path, "late").await.status, 410);
}

#[tokio::test]
async fn a_connection_is_gone_as_soon_as_it_closes() {
    let (builder, mut disconnects) = watched();
    let running = Running::start(builder.close_timeout(Duration::from_secs(60))).await;
    let mut wire = Wire::connect(&running).await;
    let path = format!("/dev/@connections/{}", only_id(&running));
    wire.send(&frame(FIN | BINARY, b"x")).await;
    assert_eq!(wire.closed_with().await, 1003);
    // The client still holds its end, so the closing handshake is not over.
    running.until_open(0).await;
    assert_eq!(running.post(&path, "late").await.status, 410);
    assert!(disconnects.is_empty(), "$disconnect comes after the socket is gone");
    drop(wire);
    disconnects.next().await;
}

#[tokio::test]
async fn without_a_disconnect_route_a_connection_just_ends() {
    let running = Running::start(Gateway::builder("dev").route("$default", failing("boom"))).await;
    drop(Wire::connect(&running).await);
    running.until_open(0).await;
    running.stop().await;
}
