//! Lambda events, from the fixtures in `tests/events`, and what comes back.

use everwire_backend::{App, FunctionFailure};
use serde_json::{Value, json};

use crate::clock::NOW;

pub(crate) const CONNECTION: &str = "PJqB0fHsqRcCHlw=";
pub(crate) const DOMAIN: &str = "abcdef123.execute-api.us-east-1.amazonaws.com";
pub(crate) const METHOD: &str = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect";

pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub(crate) fn authorizer(token: &str) -> Value {
    let mut event = fixture("authorizer");
    event["queryStringParameters"] = json!({ "token": token });
    event["multiValueQueryStringParameters"] = json!({ "token": [token] });
    event
}

pub(crate) fn connect(id: &str, user: &str) -> Value {
    let mut event = fixture("connect");
    event["requestContext"]["connectionId"] = id.into();
    event["requestContext"]["authorizer"] = json!({ "principalId": user, "integrationLatency": 7 });
    event["requestContext"]["connectedAt"] = NOW.into();
    event
}

pub(crate) fn message(id: &str, user: &str, body: &str) -> Value {
    let mut event = fixture("message");
    event["requestContext"]["connectionId"] = id.into();
    event["requestContext"]["authorizer"] = json!({ "principalId": user });
    event["body"] = body.into();
    event
}

pub(crate) fn disconnect(id: &str) -> Value {
    let mut event = fixture("disconnect");
    event["requestContext"]["connectionId"] = id.into();
    event
}

pub(crate) async fn handle(app: &App, event: &Value) -> Result<Value, FunctionFailure> {
    let answer = app.handle(&serde_json::to_vec(event).unwrap()).await?;
    Ok(serde_json::from_slice(&answer).unwrap())
}

/// The text frame that a message is answered with.
pub(crate) async fn frame(app: &App, body: &str) -> Option<Value> {
    let answer = handle(app, &message(CONNECTION, "user-1", body)).await.unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert!(answer.as_object().unwrap().values().all(|value| !value.is_null()), "no nulls: {answer}");
    answer.get("body").map(|body| serde_json::from_str(body.as_str().unwrap()).unwrap())
}
