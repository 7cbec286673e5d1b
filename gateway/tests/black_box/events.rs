//! The four events of a connection's life, against files typed by hand from AWS's documentation and logs.

use everwire_gateway::Gateway;
use serde_json::json;

use crate::shape::Shapes;
use crate::support::{Running, ok, recorded};
use crate::wire::{CLOSE, FIN, TEXT, Wire, frame};

#[tokio::test]
async fn an_authorized_connection_has_the_events_of_api_gateway() {
    let (authorizer, mut authorizations) = recorded(|_| {
        Ok(json!({
            "principalId": "user-1",
            "policyDocument": {"Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": "Allow",
                 "Resource": "arn:aws:execute-api:eu-west-1:210987654321:abcdef123/prod/$connect"}
            ]},
            "context": {"tenant": "t9", "exp": 1_701_248_641, "admin": true}
        }))
    });
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("prod")
            .api_id("abcdef123")
            .region("eu-west-1")
            .account_id("210987654321")
            .authorizer(authorizer, "token")
            .route("$connect", connect)
            .route("sendMessage", message)
            .route("$disconnect", disconnect),
    )
    .await;
    let host = format!("localhost:{}", running.address.port());
    let request = format!(
        "GET /prod?token=ey%2EJ%2Bx+y&lang=de&lang=fr HTTP/1.1\r\n\
         Host: {host}\r\n\
         Connection: keep-alive, Upgrade\r\n\
         Origin: https://app.example.com\r\n\
         User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
         upgrade: WebSocket\r\n\
         sec-websocket-EXTENSIONS: permessage-deflate; client_max_window_bits\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\
         X-Custom: one\r\n\
         x-custom: two\r\n\r\n"
    );
    let mut wire = Wire::connect_with(&running, &request).await;
    wire.send(&frame(FIN | TEXT, r#"{"action":"sendMessage", "text":"h\u00e9 😀"}"#.as_bytes())).await;
    let message = messages.next().await;
    wire.send(&frame(FIN | CLOSE, &[])).await;
    drop(wire);

    let mut shapes = Shapes::default().with("host", host).with("port", running.address.port().to_string());
    shapes.assert(&authorizations.next().await, include_str!("../events/authorizer.json"));
    shapes.assert(&connects.next().await, include_str!("../events/connect.json"));
    shapes.assert(&message, include_str!("../events/message.json"));
    shapes.assert(&disconnects.next().await, include_str!("../events/disconnect.json"));

    running.stop().await;
    assert!(authorizations.is_empty() && connects.is_empty() && messages.is_empty() && disconnects.is_empty());
}

#[tokio::test]
async fn without_an_authorizer_a_query_or_a_user_agent_their_keys_are_absent() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$connect", connect).route("$default", message)).await;
    let mut wire = Wire::connect(&running).await;
    wire.send(&frame(FIN | TEXT, b"not json")).await;

    let mut shapes =
        Shapes::default().with("host", running.address.to_string()).with("port", running.address.port().to_string());
    shapes.assert(&connects.next().await, include_str!("../events/connect_bare.json"));
    shapes.assert(&messages.next().await, include_str!("../events/message_bare.json"));
}

#[tokio::test]
async fn a_bare_question_mark_is_no_query() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$connect", connect)).await;
    running.connect("/dev?").await;
    let event = connects.next().await;
    assert!(event.get("queryStringParameters").is_none());
    assert!(event.get("multiValueQueryStringParameters").is_none());
}

#[tokio::test]
async fn ids_differ_from_connection_to_connection_and_message_to_message() {
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$default", message)).await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..2 {
        let mut wire = Wire::connect(&running).await;
        let mut of_one = std::collections::HashSet::new();
        for _ in 0..2 {
            wire.send(&frame(FIN | TEXT, b"x")).await;
            let context = messages.next().await["requestContext"].clone();
            of_one.insert(context["connectionId"].to_string());
            assert!(seen.insert(context["requestId"].to_string()));
            assert!(seen.insert(context["messageId"].to_string()));
        }
        assert_eq!(of_one.len(), 1);
        assert!(of_one.into_iter().all(|id| seen.insert(id)));
    }
}
