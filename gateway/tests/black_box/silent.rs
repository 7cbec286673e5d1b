//! Where AWS is silent: each choice has a setting, and each setting changes what happens.

use std::time::Duration;

use everwire_gateway::{
    BuildError, FailedAnswers, Gateway, GatewayBuilder, ManualClock, RepeatedQuery, ReservedActions,
};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::closing::watched;
use crate::support::{Response, Running, allow, constant, hanging, hear, ok, only_id, post, recorded, say};
use crate::wire::{CLOSE, FIN, Wire, frame};

/// The first word of what comes back for a message that a route answers with 400, before the answer to a later message.
async fn after_400(answers: FailedAnswers, two_way: bool) -> Option<String> {
    let failed = constant(json!({"statusCode": 400, "body": "not sent"}));
    let builder = Gateway::builder("dev")
        .failed_answers(answers)
        .two_way_route("later", constant(json!({"statusCode": 200, "body": "later"})));
    let running =
        Running::start(if two_way { builder.two_way_route("x", failed) } else { builder.route("x", failed) }).await;
    let mut client = running.connect("/dev").await;
    say(&mut client, r#"{"action":"x"}"#).await;
    say(&mut client, r#"{"action":"later"}"#).await;
    let first = hear(&mut client).await;
    if first == "later" {
        return None;
    }
    assert_eq!(hear(&mut client).await, "later");
    let message: Value = serde_json::from_str(&first).unwrap();
    message["message"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn failed_answers_sets_what_a_status_of_400_does() {
    let error = Some("Internal server error".to_owned());
    for (answers, one_way, two_way) in [
        (FailedAnswers::ErrorFrameIfTwoWay, &None, &error),
        (FailedAnswers::ErrorFrame, &error, &error),
        (FailedAnswers::Silence, &None, &None),
    ] {
        assert_eq!(&after_400(answers, false).await, one_way, "{answers:?}");
        assert_eq!(&after_400(answers, true).await, two_way, "{answers:?}");
    }
    assert_eq!(FailedAnswers::default(), FailedAnswers::ErrorFrameIfTwoWay);
}

#[tokio::test]
async fn reserved_actions_can_reach_their_routes() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .reserved_actions(ReservedActions::Route)
            .route("$connect", connect)
            .route("$disconnect", disconnect)
            .two_way_route("$default", constant(json!({"statusCode": 200, "body": "default"}))),
    )
    .await;
    let mut client = running.connect("/dev").await;
    assert_eq!(connects.next().await["requestContext"]["eventType"], "CONNECT");
    for (action, events) in [("$connect", &mut connects), ("$disconnect", &mut disconnects)] {
        say(&mut client, &json!({"action": action}).to_string()).await;
        let event = events.next().await;
        assert_eq!(event["requestContext"]["eventType"], "MESSAGE");
        assert_eq!(event["requestContext"]["routeKey"], action);
    }
    say(&mut client, r#"{"action":"$default"}"#).await;
    assert_eq!(hear(&mut client).await, "default");
}

#[tokio::test]
async fn repeated_query_sets_the_one_value() {
    for (rule, value, let_in) in
        [(RepeatedQuery::Last, "", false), (RepeatedQuery::First, "1", true), (RepeatedQuery::Joined, "1,2,", true)]
    {
        let (authorizer, mut authorizations) = recorded(|_| Ok(allow()));
        let running =
            Running::start(Gateway::builder("dev").repeated_query(rule).authorizer(authorizer, "token")).await;
        // The identity source looks at the same value.
        assert_eq!(running.try_connect("/dev?token=1&token=2&token=").await.is_ok(), let_in, "{rule:?}");
        if let_in {
            let event = authorizations.next().await;
            assert_eq!(event["queryStringParameters"], json!({"token": value}));
            assert_eq!(event["multiValueQueryStringParameters"], json!({"token": ["1", "2", ""]}));
        }
    }
}

#[tokio::test]
async fn nulls_in_an_authorizers_answer_are_dropped_or_refused() {
    let with = |key: &str, value: Value| {
        let mut answer = allow();
        answer[key] = value;
        answer
    };
    for answer in [
        with("context", Value::Null),
        with("usageIdentifierKey", Value::Null),
        with("context", json!({"tenant": "t9", "nothing": null})),
    ] {
        let running = Running::start(Gateway::builder("dev").authorizer(constant(answer.clone()), "token")).await;
        running.connect("/dev?token=t").await;
        let strict = Gateway::builder("dev").refuse_nulls(true).authorizer(constant(answer), "token");
        let response = Running::start(strict).await.refused("/dev?token=t").await;
        assert_eq!(response.status, 500);
        assert_eq!(response.header("x-amzn-errortype"), Some("AuthorizerConfigurationException"));
    }
    let strict = Gateway::builder("dev").refuse_nulls(true);
    let running = Running::start(strict.authorizer(constant(with("context", json!({"a": 1}))), "token")).await;
    running.connect("/dev?token=t").await;
}

#[tokio::test]
async fn the_latency_of_the_authorizer_can_be_told_in_every_event() {
    for told in [false, true] {
        let (connect, mut connects) = recorded(|_| Ok(ok()));
        let (message, mut messages) = recorded(|_| Ok(ok()));
        let (builder, mut disconnects) = watched();
        let running = Running::start(
            builder
                .latency_in_every_event(told)
                .authorizer(constant(allow()), "token")
                .route("$connect", connect)
                .route("$default", message),
        )
        .await;
        let mut client = running.connect("/dev?token=t").await;
        say(&mut client, "x").await;
        let message = messages.next().await;
        drop(client);
        let latency = |event: &Value| event["requestContext"]["authorizer"]["integrationLatency"].clone();
        let at_connect = latency(&connects.next().await);
        assert!(at_connect.is_u64());
        let expected = if told { at_connect } else { Value::Null };
        assert_eq!(latency(&message), expected);
        assert_eq!(latency(&disconnects.next().await), expected);
    }
}

#[tokio::test]
async fn a_refused_handshake_can_have_no_body() {
    let running = Running::start(Gateway::builder("dev").refusal_body(false)).await;
    let response = running.refused("/prod").await;
    assert_eq!((response.status, response.body.as_str(), response.header("content-type")), (403, "", None));
    assert_eq!(response.header("content-length"), Some("0"));
}

#[tokio::test]
async fn a_connect_that_takes_too_long_can_have_another_status() {
    let builder = Gateway::builder("dev").connect_timeout_status(503);
    let builder = builder.integration_timeout(Duration::from_millis(50)).route("$connect", hanging());
    assert_eq!(Running::start(builder).await.refused("/dev").await.status, 503);
}

#[tokio::test]
async fn data_that_is_no_text_can_be_made_one() {
    let running = Running::start(Gateway::builder("dev").replace_invalid_utf8(true)).await;
    let mut client = running.connect("/dev").await;
    let path = format!("/dev/@connections/{}", only_id(&running));
    let invalid = async |length: usize| {
        let mut request = post(&path, &running.address.to_string(), "", &"x".repeat(length)).into_bytes();
        let head = request.len() - length;
        request[head..].fill(0xff);
        let mut stream = running.raw().await;
        stream.write_all(&request).await.unwrap();
        Response::read(&mut stream).await
    };
    assert_eq!(invalid(2).await.status, 200);
    assert_eq!(hear(&mut client).await, "\u{fffd}\u{fffd}");
    // The limit holds for what is delivered.
    assert_eq!(invalid(131_072).await.status, 413);
}

/// The code and reason that `$disconnect` is told after a client's end.
async fn told(build: impl FnOnce(GatewayBuilder) -> GatewayBuilder, end: Option<&[u8]>) -> (Value, Value) {
    let (builder, mut disconnects) = watched();
    let running = Running::start(build(builder)).await;
    let mut wire = Wire::connect(&running).await;
    if let Some(payload) = end {
        wire.send(&frame(FIN | CLOSE, payload)).await;
    }
    drop(wire);
    let context = disconnects.next().await["requestContext"].clone();
    (context["disconnectStatusCode"].clone(), context["disconnectReason"].clone())
}

#[tokio::test]
async fn the_clients_reason_can_be_left_out() {
    let quiet = |builder: GatewayBuilder| builder.client_close_reason(false);
    assert_eq!(told(quiet, Some(b"\x03\xe8bye")).await, (json!(1000), json!("")));
    // AWS's own text for a close without a code stays.
    assert_eq!(told(quiet, Some(b"")).await, (json!(1005), json!("Client-side close frame status not set")));
    assert_eq!(told(quiet, None).await, (json!(1006), json!("Connection closed abnormally")));
}

#[tokio::test]
async fn the_reason_of_a_lost_connection_can_be_set() {
    let other = |builder: GatewayBuilder| builder.lost_reason("gone");
    assert_eq!(told(other, None).await, (json!(1006), json!("gone")));
    assert_eq!(told(other, Some(b"\x03\xe8bye")).await, (json!(1000), json!("bye")));
}

#[tokio::test]
async fn an_expired_connection_can_be_closed_otherwise() {
    let clock = ManualClock::new(Duration::ZERO);
    let (builder, mut disconnects) = watched();
    let running = Running::start(builder.clock(clock.clone()).expiry_close(4000, "too long")).await;
    let mut wire = Wire::connect(&running).await;
    clock.advance(Duration::from_secs(600));
    assert_eq!(wire.read().await.unwrap(), (FIN | CLOSE, b"\x0f\xa0too long".to_vec()));
    drop(wire);
    let context = disconnects.next().await["requestContext"].clone();
    assert_eq!((&context["disconnectStatusCode"], &context["disconnectReason"]), (&json!(4000), &json!("too long")));
}

#[test]
fn a_choice_that_cannot_be_carried_out_is_refused() {
    let refused = |builder: GatewayBuilder| match builder.build() {
        Err(BuildError::OutOfRange { setting, .. }) => setting,
        other => panic!("{other:?}"),
    };
    for status in [200, 399, 600] {
        assert_eq!(refused(Gateway::builder("dev").connect_timeout_status(status)), "connect_timeout_status");
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
        assert_eq!(refused(Gateway::builder("dev").expiry_close(code, "")), "expiry_close");
    }
    assert_eq!(refused(Gateway::builder("dev").expiry_close(1000, "x".repeat(124))), "expiry_close");
    assert!(Gateway::builder("dev").expiry_close(1000, "x".repeat(123)).build().is_ok());
}

#[test]
fn every_choice_is_in_the_table_of_the_documentation() {
    let documentation = include_str!("../../../docs/gateway.md");
    let settings = include_str!("../../src/builder/silent.rs");
    let names: Vec<_> =
        settings.lines().filter_map(|line| line.trim().strip_prefix("pub fn ")?.split('(').next()).collect();
    assert_eq!(names.len(), 12);
    for name in names {
        assert!(
            documentation.lines().any(|line| line.starts_with("| ") && line.contains(&format!("| `{name}` |"))),
            "{name}"
        );
    }
}
