//! The mode for conformance tests of the protocol: every message comes back, and AWS's limits do not hold.

use everwire_gateway::Gateway;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Running, constant, in_time};

#[tokio::test]
async fn messages_of_both_kinds_and_beyond_the_limits_come_back_as_they_came() {
    let route = constant(json!({"statusCode": 200, "body": "a function ran"}));
    let running = Running::start(Gateway::builder("dev").protocol_echo(true).two_way_route("$default", route)).await;
    let mut client = running.connect("/dev").await;
    for message in [
        Message::text(""),
        Message::text("grüße"),
        Message::binary(vec![0, 255]),
        Message::text("x".repeat(32_769)),
        Message::binary(vec![7; 1_000_000]),
    ] {
        in_time(client.send(message.clone())).await.unwrap();
        assert!(in_time(client.next()).await.unwrap().unwrap() == message, "{} bytes", message.len());
    }
}

#[tokio::test]
async fn many_messages_at_once_come_back_in_order() {
    let running = Running::start(Gateway::builder("dev").protocol_echo(true)).await;
    let mut client = running.connect("/dev").await;
    for number in 0..1000 {
        in_time(client.feed(Message::text(number.to_string()))).await.unwrap();
    }
    in_time(client.flush()).await.unwrap();
    for number in 0..1000 {
        assert_eq!(in_time(client.next()).await.unwrap().unwrap(), Message::text(number.to_string()));
    }
}
