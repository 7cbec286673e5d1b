//! Sub-protocols: the gateway sends none by itself, and of what `$connect` returns only what the client offered.

use everwire_gateway::Gateway;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::support::{Running, constant, ok, upgrade};
use crate::wire::read_head;

/// The `Sec-WebSocket-Protocol` lines of the 101 for a handshake with headers, whose `$connect` gives an answer.
async fn agreed(offer: &str, connect: Value) -> Vec<String> {
    let running = Running::start(Gateway::builder("dev").route("$connect", constant(connect))).await;
    agreed_on(&running, offer).await
}

async fn agreed_on(running: &Running, offer: &str) -> Vec<String> {
    let mut stream = running.raw().await;
    let request = upgrade("/dev", &running.address.to_string()).replace("\r\n\r\n", &format!("\r\n{offer}\r\n"));
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = read_head(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    head.split("\r\n").filter(|line| line.to_ascii_lowercase().contains("protocol:")).map(str::to_owned).collect()
}

fn naming(header: &str, value: &str) -> Value {
    json!({"statusCode": 200, "headers": {header: value}})
}

#[tokio::test]
async fn the_protocol_that_connect_returns_is_sent() {
    for (offer, header, value, sent) in [
        ("Sec-WebSocket-Protocol: v1\r\n", "Sec-WebSocket-Protocol", "v1", "v1"),
        ("Sec-WebSocket-Protocol: v1, v2\r\n", "Sec-WebSocket-Protocol", "v2", "v2"),
        ("Sec-WebSocket-Protocol: v1,v2\r\n", "sec-websocket-protocol", "v1", "v1"),
        ("Sec-WebSocket-Protocol: v1, v2\r\n", "SEC-WEBSOCKET-PROTOCOL", " v2 ", "v2"),
        ("sec-websocket-protocol: v1\r\nSec-WebSocket-Protocol: v2\r\n", "Sec-WebSocket-Protocol", "v2", "v2"),
    ] {
        let lines = agreed(offer, naming(header, value)).await;
        assert_eq!(lines, [format!("Sec-WebSocket-Protocol: {sent}")], "{offer}");
    }
}

#[tokio::test]
async fn without_one_returned_there_is_no_header_although_the_client_offered() {
    let offer = "Sec-WebSocket-Protocol: v1, v2\r\n";
    for answer in [ok(), json!({"statusCode": 200, "headers": {}}), json!({"statusCode": 200, "headers": null})] {
        assert!(agreed(offer, answer).await.is_empty());
    }
    // Nor without a `$connect` that could return one.
    let running = Running::start(Gateway::builder("dev")).await;
    assert!(agreed_on(&running, offer).await.is_empty());
}

#[tokio::test]
async fn what_is_not_exactly_one_of_the_offered_is_not_sent() {
    for (offer, value) in [
        ("Sec-WebSocket-Protocol: v1, v2\r\n", "v1, v2"),
        ("Sec-WebSocket-Protocol: v1, v2\r\n", "V1"),
        ("Sec-WebSocket-Protocol: v1, v2\r\n", "v3"),
        ("Sec-WebSocket-Protocol: v1, v2\r\n", ""),
        ("Sec-WebSocket-Protocol: v1\r\n", "v1\r\nX-Injected: yes"),
        ("", "v1"),
    ] {
        assert!(agreed(offer, naming("Sec-WebSocket-Protocol", value)).await.is_empty(), "{value:?}");
    }
}
