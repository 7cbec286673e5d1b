//! The events as AWS writes them, and with everything left out that may be missing.

use std::sync::Arc;

use everwire_backend::{App, Authorizer, Body, Claims, ConnectionId, Connections, Json, Memory, User};
use serde_json::{Value, json};

use crate::{
    clock::{NOW, TestClock},
    events::{CONNECTION, DOMAIN, METHOD, fixture, handle},
    tokens::{NOW_S, SECRET, token},
};

fn app(store: &Arc<Memory>) -> App {
    App::builder()
        .authorizer(Authorizer::hs256(SECRET).pass(["tenant", "admin", "level", "absent"]))
        .connections(store.clone())
        .clock(TestClock::at(NOW))
        .route("sendMessage", |user: User, id: ConnectionId, claims: Claims, body: Body| async move {
            Json(json!({ "user": *user, "id": *id, "claims": claims, "body": body.0 }))
        })
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_authorizer_event_is_answered_with_a_policy_for_its_own_method_alone() {
    let mut event = fixture("authorizer");
    event["queryStringParameters"]["token"] =
        token(json!({ "tenant": "t9", "admin": true, "level": 3, "secret": "x" })).into();
    let answer = handle(&app(&Arc::default()), &event).await.unwrap();
    assert_eq!(
        answer,
        json!({
            "principalId": "user-1",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{ "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": METHOD }]
            },
            "context": { "tenant": "t9", "admin": "true", "level": "3", "everwireJson": "admin level", "exp": (NOW_S + 60).to_string() }
        })
    );
}

#[tokio::test]
async fn a_connection_lives_from_connect_to_disconnect() {
    let store = Arc::new(Memory::new());
    let app = app(&store);

    assert_eq!(handle(&app, &fixture("connect")).await.unwrap(), json!({ "statusCode": 200 }));
    let row = store.get(CONNECTION, NOW).await.unwrap().unwrap();
    assert_eq!((row.user.as_str(), row.domain.as_str(), row.stage.as_str()), ("user-1", DOMAIN, "prod"));
    assert_eq!((row.connected_at, row.last_seen, row.exp), (NOW, NOW, Some(1_701_248_641)));
    assert_eq!(row.expires_at, NOW + (2 * 60 + 10) * 60 * 1000);
    assert_eq!(
        serde_json::to_value(&row.claims).unwrap(),
        json!({ "tenant": "t9", "exp": 1_701_248_641, "admin": "true" })
    );

    let answer = handle(&app, &fixture("message")).await.unwrap();
    let reply: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(
        reply,
        json!({ "user": "user-1", "id": CONNECTION, "claims": { "tenant": "t9" }, "body": "{\"action\":\"sendMessage\",\"text\":\"hi\"}" })
    );

    assert_eq!(handle(&app, &fixture("disconnect")).await.unwrap(), json!({ "statusCode": 200 }));
    assert_eq!(store.get(CONNECTION, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn what_the_gateway_may_leave_out_is_not_needed() {
    let store = Arc::new(Memory::new());
    let app = app(&store);
    let connect = json!({
        "requestContext": { "eventType": "CONNECT", "connectionId": "A", "authorizer": { "principalId": "u" }, "newField": [1] },
        "queryStringParameters": null, "another": {}
    });
    assert_eq!(handle(&app, &connect).await.unwrap(), json!({ "statusCode": 200 }));
    let row = store.get("A", NOW).await.unwrap().unwrap();
    assert_eq!((row.connected_at, row.exp, row.domain.as_str()), (NOW, None, ""));

    let message = json!({ "requestContext": { "eventType": "MESSAGE", "connectionId": "A" } });
    let answer = handle(&app, &message).await.unwrap();
    assert_eq!(answer["statusCode"], 200, "a message without a body: {answer}");

    let disconnect =
        json!({ "requestContext": { "eventType": "DISCONNECT", "connectionId": "A", "disconnectStatusCode": null } });
    assert_eq!(handle(&app, &disconnect).await.unwrap(), json!({ "statusCode": 200 }));
}

#[tokio::test]
async fn an_event_that_is_none_of_ours_is_a_function_error() {
    let app = app(&Arc::default());
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (event, error_type) in [
        ("{}", "UnknownEvent"),
        (r#"{"requestContext":{}}"#, "UnknownEvent"),
        (r#"{"requestContext":{"eventType":"PING"}}"#, "UnknownEvent"),
        (r#"{"requestContext":{"http":{"method":"GET"}},"rawPath":"/"}"#, "UnknownEvent"),
        (r#"{"type":"TOKEN","authorizationToken":"x","methodArn":"y"}"#, "UnknownEvent"),
        (r#"{"event":{}}"#, "UnknownEvent"),
        (r#"{"user":"u"}"#, "UnknownEvent"),
        (r#"{"user":"u","connection":"c","event":{}}"#, "InvalidEvent"),
        (r#"{"user":7,"event":{}}"#, "InvalidEvent"),
        (r#"{"user":"u","user":"v","event":{}}"#, "InvalidEvent"),
        ("", "InvalidEvent"),
        ("null", "InvalidEvent"),
        ("[]x", "InvalidEvent"),
        ("\u{feff}{}", "InvalidEvent"),
        (deep.as_str(), "InvalidEvent"),
    ] {
        let failure = app.handle(event.as_bytes()).await.unwrap_err();
        assert_eq!(failure.error_type, error_type, "{event:.60}");
    }
}

#[tokio::test]
async fn a_malformed_event_is_not_quoted() {
    let event = r#"{"type":"REQUEST","queryStringParameters":"eyJsecret.eyJsecret.secret"}"#;
    let failure = app(&Arc::default()).handle(event.as_bytes()).await.unwrap_err();
    assert_eq!(failure.error_type, "InvalidEvent");
    assert!(!failure.error_message.contains("secret"), "{failure}");
}

#[tokio::test]
async fn an_event_for_a_part_that_the_app_does_not_have_says_so() {
    let only_authorizer = App::builder().authorizer(Authorizer::hs256(SECRET)).build().unwrap();
    for name in ["connect", "message", "disconnect"] {
        let failure = handle(&only_authorizer, &fixture(name)).await.unwrap_err();
        assert_eq!(failure.error_type, "NotConfigured", "{name}");
        assert!(failure.error_message.contains("`.connections(…)`"), "{name}: {failure}");
    }
    let only_connections = App::builder().connections(Arc::new(Memory::new())).build().unwrap();
    let failure = handle(&only_connections, &fixture("authorizer")).await.unwrap_err();
    assert!(failure.error_message.contains("`.authorizer(…)`"), "{failure}");
    let failure = handle(&only_connections, &json!({ "user": "u", "event": {} })).await.unwrap_err();
    assert_eq!(failure.error_type, "NotifyError");
    assert!(failure.error_message.contains("`.push(…)`"), "{failure}");
}
