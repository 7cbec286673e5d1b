//! What an authorizer's answer does to a handshake, row by row.

use std::time::Duration;

use everwire_gateway::{Function, FunctionError, Gateway};
use serde_json::{Value, json};

use crate::support::{Response, Running, allow, constant, failing, hanging, ok, policy, recorded};

/// The answer to a handshake with a token, and that `$connect` does not run for it.
async fn refused_by(authorizer: impl Function) -> Response {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .integration_timeout(Duration::from_millis(50))
            .authorizer(authorizer, "token")
            .route("$connect", connect)
            .route("$disconnect", disconnect),
    )
    .await;
    let response = running.refused("/dev?token=t").await;
    running.stop().await;
    assert!(connects.is_empty() && disconnects.is_empty());
    response
}

fn assert_refusal(response: &Response, status: u16, message: &str) {
    assert_eq!(response.status, status);
    assert_eq!(response.header("content-type"), Some("application/json"));
    let body = response.json();
    assert_eq!(body["message"], message);
    for id in ["connectionId", "requestId"] {
        assert_eq!(body[id].as_str().map(str::len), Some(16), "{body}");
    }
    assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
}

#[tokio::test]
async fn no_token_is_401_and_the_authorizer_is_not_invoked() {
    let (authorizer, mut authorizations) = recorded(|_| Ok(allow()));
    let running = Running::start(Gateway::builder("dev").authorizer(authorizer, "token")).await;
    for path in ["/dev", "/dev?", "/dev?token", "/dev?token=", "/dev?Token=t", "/dev?other=t", "/dev?token=t&token="] {
        assert_refusal(&running.refused(path).await, 401, "Unauthorized");
    }
    running.stop().await;
    assert!(authorizations.is_empty());
}

#[tokio::test]
async fn the_error_unauthorized_is_401() {
    assert_refusal(&refused_by(failing("Unauthorized")).await, 401, "Unauthorized");
}

#[tokio::test]
async fn any_other_error_is_500() {
    for text in ["Unauthorized.", "unauthorized", "Unauthorized: expired", "boom", ""] {
        assert_refusal(&refused_by(failing(text)).await, 500, "Internal server error");
    }
}

#[tokio::test]
async fn an_authorizer_that_takes_too_long_is_500() {
    assert_refusal(&refused_by(hanging()).await, 500, "Internal server error");
}

#[tokio::test]
async fn an_explicit_deny_is_403() {
    assert_refusal(&refused_by(constant(policy("Deny", "*"))).await, 403, "Forbidden");
}

#[tokio::test]
async fn an_allow_of_something_else_is_403() {
    let base = "arn:aws:execute-api:us-east-1:123456789012:everwire";
    for resource in [format!("{base}/dev/*/*"), format!("{base}/prod/*"), format!("{base}/dev/sendMessage")] {
        assert_refusal(&refused_by(constant(policy("Allow", &resource))).await, 403, "Forbidden");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_valid_is_500_and_says_so() {
    let with = |key: &str, value: Value| {
        let mut answer = allow();
        answer[key] = value;
        answer
    };
    for answer in [
        // The article's deny(), which forgets the principal.
        json!({"policyDocument": policy("Deny", "*")["policyDocument"]}),
        json!({"principalId": "user-1"}),
        json!({"statusCode": 401}),
        json!({"isAuthorized": true}),
        json!(null),
        with("context", json!({"roles": ["admin"]})),
        with("context", json!({"user": {"id": 1}})),
        with("context", json!({"fill": "x".repeat(8192)})),
    ] {
        let response = refused_by(constant(answer)).await;
        assert_refusal(&response, 500, "Internal server error");
        assert_eq!(response.header("x-amzn-errortype"), Some("AuthorizerConfigurationException"));
    }
}

#[tokio::test]
async fn an_allow_lets_in_by_every_wildcard_that_covers_the_method() {
    let base = "arn:aws:execute-api:us-east-1:123456789012:everwire";
    for resource in
        [format!("{base}/dev/$connect"), format!("{base}/dev/*"), format!("{base}/*/$connect"), format!("{base}/*")]
    {
        let authorizer = constant(policy("Allow", &resource));
        let running = Running::start(Gateway::builder("dev").authorizer(authorizer, "token")).await;
        running.connect("/dev?token=t").await;
    }
}

#[tokio::test]
async fn the_authorizer_runs_once_per_connection_and_not_for_messages() {
    let (authorizer, mut authorizations) = recorded(|_| Ok(allow()));
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .authorizer(authorizer, "route.request.querystring.token")
            .route("$default", message)
            .route("$disconnect", disconnect),
    )
    .await;
    for _ in 0..2 {
        let mut client = running.connect("/dev?token=t").await;
        authorizations.next().await;
        crate::support::say(&mut client, "hi").await;
        messages.next().await;
        drop(client);
        disconnects.next().await;
    }
    running.stop().await;
    assert!(authorizations.is_empty());
}

#[tokio::test]
async fn an_authorizer_that_panics_is_500() {
    let authorizer = everwire_gateway::function(|_| async { panic!("a bug of the function") });
    assert_refusal(&refused_by(authorizer).await, 500, "Internal server error");
    let early = |_: bytes::Bytes| -> std::future::Ready<Result<bytes::Bytes, FunctionError>> { panic!("at once") };
    assert_refusal(&refused_by(everwire_gateway::function(early)).await, 500, "Internal server error");
}
