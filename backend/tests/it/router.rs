//! Which handler gets a message.

use std::sync::Arc;

use everwire_backend::{App, Body, Json, Memory};
use serde_json::{Value, json};

use crate::events::{CONNECTION, frame, handle, message};

fn app() -> App {
    App::builder()
        .connections(Arc::new(Memory::new()))
        .route("echo", |Json(value): Json<Value>| async move { Json(json!({ "echo": value })) })
        .route("orders.get", || async { Json(json!({ "order": 1 })) })
        .fallback(|Body(text): Body| async move { Json(json!({ "bytes": text.len() })) })
        .build()
        .unwrap()
}

#[tokio::test]
async fn what_is_not_a_known_action_goes_to_the_fallback() {
    let app = app();
    let deep_list = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_data = format!(r#"{{"action":"echo","data":{}1{}}}"#, r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let unfinished = "[".repeat(100_000);
    let large = format!("[{}0]", "0,".repeat(65_535));
    assert_eq!(large.len(), 131_073, "128 KB and a byte");
    for body in [
        "hello",
        "",
        " ",
        "\0",
        "{\"action\":\"echo\"}\0",
        "\u{feff}{\"action\":\"echo\"}",
        &deep_list,
        &deep_data,
        &unfinished,
        &large,
        "[]",
        "\"echo\"",
        "null",
        "1e400",
        "{\"action\":\"echo\"",
        "{\"action\":\"echo\"} {}",
        "{'action':'echo'}",
        "NaN",
        r#"{"action":5}"#,
        r#"{"action":null}"#,
        r#"{"action":["echo"]}"#,
        r#"{"action":{"echo":1}}"#,
        r#"{"action":true}"#,
        r#"{"action":""}"#,
        r#"{"action":"$connect"}"#,
        r#"{"action":"$disconnect"}"#,
        r#"{"action":"$default"}"#,
        r#"{"action":"__proto__"}"#,
        r#"{"action":"constructor"}"#,
        r#"{"__proto__":{"action":"echo"}}"#,
        r#"{"action":"Echo"}"#,
        r#"{"action":" echo"}"#,
        r#"{"action":"echo "}"#,
        r#"{"action":"echo\u0000"}"#,
        r#"{"Action":"echo"}"#,
        r#"{"type":"echo"}"#,
        r#"{"action":"orders"}"#,
        r#"{"action":"orders.get.x"}"#,
        r#"{"action":"../echo"}"#,
        r#"{"action":"ws"}"#,
        "{\"action\":\"\u{1b}[2J\"}",
    ] {
        assert_eq!(frame(&app, body).await.unwrap(), json!({ "bytes": body.len() }), "{body:.40?}");
    }
}

#[tokio::test]
async fn a_known_action_goes_to_its_handler_however_the_message_is_written() {
    let app = app();
    for body in [
        r#"{"action":"orders.get"}"#,
        "\n { \"action\" : \"orders.get\" }\r\n",
        r#"{"a":1,"\u0061ction":"orders\u002eget"}"#,
    ] {
        assert_eq!(frame(&app, body).await.unwrap(), json!({ "order": 1 }), "{body}");
    }
    let nested = format!(r#"{{"action":"echo","data":{}{}}}"#, "[".repeat(120), "]".repeat(120));
    assert_eq!(
        frame(&app, &nested).await.unwrap()["echo"],
        serde_json::from_str::<Value>(&nested).unwrap(),
        "120 levels are fine"
    );
}

#[tokio::test]
async fn without_a_fallback_the_client_is_told_what_was_not_understood() {
    let app = App::builder().connections(Arc::new(Memory::new())).build().unwrap();
    for (body, message) in [
        (r#"{"action":"nope","ws_id":4}"#, "there is no route `nope`"),
        (r#"{"ws_id":4}"#, "the message is not a JSON object with a string at `action`"),
        (r#"{"action":"a\u001b[2J","ws_id":4}"#, "there is no route `a\\u{1b}[2J`"),
    ] {
        let expected = json!({ "ws_id": 4, "error": { "code": "unknown", "message": message, "retry": false } });
        assert_eq!(frame(&app, body).await.unwrap(), expected);
    }
    let error = &frame(&app, "hello").await.unwrap()["error"];
    assert_eq!(error["code"], "unknown");
}

#[tokio::test]
async fn the_app_answers_pings_itself() {
    let app = app();
    assert_eq!(frame(&app, r#"{"action":"ws.ping"}"#).await.unwrap(), json!({ "action": "ws.pong" }));
    assert_eq!(
        frame(&app, r#"{"action":"ws.ping","ws_id":9,"x":[]}"#).await.unwrap(),
        json!({ "action": "ws.pong", "ws_id": 9 })
    );
}

#[tokio::test]
async fn frames_of_the_reserved_namespace_never_reach_the_application() {
    let app = app();
    for action in ["ws.", "ws.pong", "ws.event", "ws.goaway", "ws.ping ", "ws.__proto__"] {
        let answer = frame(&app, &json!({ "action": action, "ws_id": 3 }).to_string()).await.unwrap();
        assert_eq!(
            (&answer["action"], &answer["code"], &answer["ws_id"], &answer["retry"]),
            (&json!("ws.err"), &json!("unknown"), &json!(3), &json!(false)),
            "{action}"
        );
    }
}

#[tokio::test]
async fn ten_thousand_messages_of_one_connection_are_all_answered() {
    let app = app();
    let event = message(CONNECTION, "user-1", r#"{"action":"ws.ping"}"#);
    let answers = futures_util::future::join_all((0..10_000).map(|_| handle(&app, &event))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap()["body"] == r#"{"action":"ws.pong"}"#));
}
