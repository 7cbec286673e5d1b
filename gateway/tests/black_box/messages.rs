//! Messages: which route takes them, and what goes back.
//!
//! The tests run on one thread, so a reply is queued in the same turn in which its function ends; "nothing was sent" means
//! that the reply to a later message comes first.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use everwire_gateway::{Function, Gateway, GatewayBuilder, function};
use serde_json::{Value, json};
use tokio::sync::{Barrier, Semaphore};

use crate::support::{Client, Running, constant, echo, failing, hanging, hear, ok, only_id, recorded, say};

/// A function that answers with a name.
fn named(name: &'static str) -> impl Function {
    constant(json!({"statusCode": 200, "body": name}))
}

async fn one_client(builder: GatewayBuilder) -> (Running, Client) {
    let running = Running::start(builder.two_way_route("later", named("later"))).await;
    let client = running.connect("/dev").await;
    (running, client)
}

/// Checks that nothing but the reply to a later message comes.
async fn assert_silent(client: &mut Client) {
    say(client, r#"{"action":"later"}"#).await;
    assert_eq!(hear(client).await, "later");
}

/// Checks for one of the gateway's own frames, spacing included.
async fn assert_error_frame(running: &Running, client: &mut Client, message: &str) {
    let frame = hear(client).await;
    let id = only_id(running);
    let start = format!(r#"{{"message": "{message}", "connectionId":"{id}", "requestId":""#);
    let request_id = frame.strip_prefix(&start).and_then(|rest| rest.strip_suffix(r#""}"#));
    assert_eq!(request_id.map(str::len), Some(16), "{frame}");
    let parsed: Value = serde_json::from_str(&frame).unwrap();
    assert_eq!(parsed.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn a_message_goes_to_the_route_of_its_action_or_to_default() {
    let (_running, mut client) = one_client(
        Gateway::builder("dev")
            .two_way_route("send", named("send"))
            .two_way_route("orders.get", named("orders.get"))
            .two_way_route("5", named("five"))
            .two_way_route("[a, b]", named("list"))
            .two_way_route("true", named("true"))
            .two_way_route("$default", named("default")),
    )
    .await;
    for (message, route) in [
        (r#"{"action":"send"}"#, "send"),
        (r#"{"action":"orders.get","id":7}"#, "orders.get"),
        (r#"{"action":5}"#, "five"),
        (r#"{"action":["a","b"]}"#, "list"),
        (r#"{"action":true}"#, "true"),
        (r#"{"action":"SEND"}"#, "default"),
        (r#"{"action":"send "}"#, "default"),
        (r#"{"action":""}"#, "default"),
        (r#"{"action":null}"#, "default"),
        (r#"{"action":"$connect"}"#, "default"),
        (r#"{"action":"$disconnect"}"#, "default"),
        (r#"{"action":"$default"}"#, "default"),
        (r#"{"action":"__proto__"}"#, "default"),
        (r#"{"type":"send"}"#, "default"),
        (r#"["send"]"#, "default"),
        ("send", "default"),
        ("{", "default"),
        ("\u{0}", "default"),
        ("", "default"),
    ] {
        say(&mut client, message).await;
        assert_eq!(hear(&mut client).await, route, "{message:?}");
    }
}

#[tokio::test]
async fn connect_and_disconnect_functions_are_not_reached_by_messages() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let (running, mut client) =
        one_client(Gateway::builder("dev").route("$connect", connect).route("$disconnect", disconnect)).await;
    connects.next().await;
    for action in ["$connect", "$disconnect"] {
        say(&mut client, &json!({"action": action}).to_string()).await;
        assert_error_frame(&running, &mut client, "Forbidden").await;
    }
    assert!(connects.is_empty() && disconnects.is_empty());
}

#[tokio::test]
async fn without_a_route_the_answer_is_forbidden_and_the_connection_stays() {
    let (running, mut client) = one_client(Gateway::builder("dev")).await;
    for message in [r#"{"action":"unknown"}"#, "no json"] {
        say(&mut client, message).await;
        assert_error_frame(&running, &mut client, "Forbidden").await;
    }
    assert_silent(&mut client).await;
}

#[tokio::test]
async fn a_failing_function_gives_the_error_frame_and_the_connection_stays() {
    let panics = function(|_: Bytes| async { panic!("a bug of the function") });
    let (running, mut client) = one_client(
        Gateway::builder("dev")
            .integration_timeout(Duration::from_millis(50))
            .two_way_route("two-way", failing("boom"))
            .route("one-way", failing("boom"))
            .route("panics", panics)
            .route("hangs", hanging()),
    )
    .await;
    for action in ["two-way", "one-way", "panics", "hangs"] {
        say(&mut client, &json!({"action": action}).to_string()).await;
        assert_error_frame(&running, &mut client, "Internal server error").await;
    }
    assert_silent(&mut client).await;
}

#[tokio::test]
async fn a_two_way_route_sends_the_body_and_nothing_else() {
    let (_running, mut client) = one_client(
        Gateway::builder("dev")
            .two_way_route("text", constant(json!({"statusCode": 200, "headers": {"x": "y"}, "body": "hé 😀"})))
            .two_way_route("no body", constant(ok()))
            .two_way_route("empty", constant(json!({"statusCode": 200, "body": ""})))
            .two_way_route("nothing", constant(json!(null))),
    )
    .await;
    say(&mut client, r#"{"action":"text"}"#).await;
    assert_eq!(hear(&mut client).await, "hé 😀");
    for action in ["no body", "empty", "nothing"] {
        say(&mut client, &json!({"action": action}).to_string()).await;
        assert_silent(&mut client).await;
    }
}

#[tokio::test]
async fn a_one_way_route_sends_nothing_whatever_it_answers() {
    let answers = [
        json!({"statusCode": 200, "body": "dropped"}),
        json!({"statusCode": 301, "body": "dropped"}),
        json!({"statusCode": 401}),
        json!({"statusCode": 501, "body": "dropped"}),
        json!("malformed"),
        json!(null),
    ];
    for answer in answers {
        let (function, mut events) = recorded(move |_| Ok(answer.clone()));
        let (_running, mut client) = one_client(Gateway::builder("dev").route("$default", function)).await;
        say(&mut client, "x").await;
        events.next().await;
        assert_silent(&mut client).await;
    }
}

#[tokio::test]
async fn a_two_way_route_turns_a_bad_answer_into_the_error_frame() {
    for answer in [
        json!({"statusCode": 400, "body": "not sent"}),
        json!({"statusCode": 501}),
        json!({"body": "no status"}),
        json!({"statusCode": 200, "body": {"not": "text"}}),
        json!("malformed"),
    ] {
        let (running, mut client) =
            one_client(Gateway::builder("dev").two_way_route("$default", constant(answer))).await;
        say(&mut client, "x").await;
        assert_error_frame(&running, &mut client, "Internal server error").await;
    }
}

#[tokio::test]
async fn a_two_way_route_sends_the_body_of_a_redirect() {
    let answer = json!({"statusCode": 301, "body": "moved"});
    let (_running, mut client) = one_client(Gateway::builder("dev").two_way_route("$default", constant(answer))).await;
    say(&mut client, "x").await;
    assert_eq!(hear(&mut client).await, "moved");
}

#[tokio::test]
async fn messages_of_one_connection_run_at_the_same_time() {
    // Neither of the two can end before both have begun.
    let both = Arc::new(Barrier::new(2));
    let meet = function(move |_: Bytes| {
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            Ok(json!({"statusCode": 200, "body": "met"}).to_string().into())
        }
    });
    let (_running, mut client) = one_client(Gateway::builder("dev").two_way_route("$default", meet)).await;
    say(&mut client, "one").await;
    say(&mut client, "two").await;
    assert_eq!(hear(&mut client).await, "met");
    assert_eq!(hear(&mut client).await, "met");
}

#[tokio::test]
async fn a_message_over_the_limit_of_concurrency_is_answered_like_a_throttled_lambda() {
    let (started, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let slow = {
        let (started, go_on) = (Arc::clone(&started), Arc::clone(&go_on));
        function(move |_: Bytes| {
            let (started, go_on) = (Arc::clone(&started), Arc::clone(&go_on));
            async move {
                started.add_permits(1);
                let _go = go_on.acquire().await.unwrap();
                Ok(json!({"statusCode": 200, "body": "slow"}).to_string().into())
            }
        })
    };
    let (running, mut client) =
        one_client(Gateway::builder("dev").concurrency(1).two_way_route("$default", slow)).await;
    say(&mut client, "one").await;
    let _started = started.acquire().await.unwrap();
    say(&mut client, "two").await;
    assert_error_frame(&running, &mut client, "Internal server error").await;
    go_on.add_permits(1);
    assert_eq!(hear(&mut client).await, "slow");
    assert_silent(&mut client).await;
}

#[tokio::test]
async fn the_body_is_the_exact_text_of_the_message() {
    let (_running, mut client) = one_client(Gateway::builder("dev").two_way_route("$default", echo())).await;
    for text in ["  {\"a\": 1,\n\t\"a\": 2}  ", "\"\\u0000\"", "\u{feff}x", "\u{1b}[31m\r\n"] {
        say(&mut client, text).await;
        assert_eq!(hear(&mut client).await, text);
    }
}

#[tokio::test]
async fn connections_do_not_hear_one_another() {
    let running = Running::start(Gateway::builder("dev").two_way_route("$default", echo())).await;
    let (mut one, mut two) = (running.connect("/dev").await, running.connect("/dev").await);
    for round in 0..3 {
        say(&mut one, &format!("one {round}")).await;
        say(&mut two, &format!("two {round}")).await;
        assert_eq!(hear(&mut one).await, format!("one {round}"));
        assert_eq!(hear(&mut two).await, format!("two {round}"));
    }
}
