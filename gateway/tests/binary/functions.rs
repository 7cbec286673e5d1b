//! Functions behind the Lambda Invoke API: what they are sent, and what becomes of each way to answer or not.

use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

use crate::lambda::{Answer, Lambda, allow, echo};
use crate::process::{Gateway, hear, say};

#[tokio::test]
async fn an_invocation_is_what_the_invoke_api_takes() {
    let mut lambda = Lambda::chat().await;
    let gateway = Gateway::start(&lambda.config()).await;
    let mut client = gateway.connect().await;
    say(&mut client, r#"{"hello":"Grüße"}"#).await;
    assert_eq!(hear(&mut client).await, r#"{"hello":"Grüße"}"#);

    let functions = ["authorizer", "chat", "chat"];
    for (function, kind) in functions.into_iter().zip(["CONNECT", "CONNECT", "MESSAGE"]) {
        let invocation = lambda.next().await;
        assert_eq!(invocation.function, function);
        assert_eq!(invocation.headers["x-amz-invocation-type"], "RequestResponse");
        assert_eq!(invocation.headers["content-type"], "application/json");
        assert_eq!(invocation.event()["requestContext"]["eventType"], kind);
    }
}

#[tokio::test]
async fn an_authorizer_that_fails_with_unauthorized_refuses_with_401() {
    let failure = json!({"errorType": "Error", "errorMessage": "Unauthorized", "trace": []});
    for (answer, status) in [
        (Answer::Failed(failure.clone()), 401),
        (Answer::Undeclared(failure), 401),
        (Answer::Failed(json!({"errorType": "Error", "errorMessage": "Unauthorized!"})), 500),
        (Answer::Failed(json!({"errorMessage": "2026-01-01T00:00:00Z 1 Task timed out after 3.00 seconds"})), 500),
        // Not the authorizer says so, but whatever stands before it.
        (Answer::Refused(StatusCode::UNAUTHORIZED, "Unauthorized"), 500),
        (Answer::Result(json!({"isAuthorized": true})), 500),
    ] {
        let lambda = Lambda::start({
            let answer = answer.clone();
            move |_, _| answer.clone()
        })
        .await;
        let gateway = Gateway::start(&lambda.config()).await;
        assert_eq!(gateway.refused_with().await, status, "{answer:?}");
    }
}

#[tokio::test]
async fn a_connect_function_that_fails_refuses_with_502() {
    for answer in [
        Answer::Failed(json!({"errorType": "Runtime.ExitError", "errorMessage": "exit 1"})),
        Answer::Undeclared(json!({"errorType": "Error", "errorMessage": "failure"})),
        Answer::Refused(StatusCode::NOT_FOUND, r#"{"Type":"User","Message":"Function not found: chat"}"#),
        Answer::Refused(StatusCode::SERVICE_UNAVAILABLE, "down"),
        Answer::Result(json!("no object")),
    ] {
        let lambda = Lambda::start({
            let answer = answer.clone();
            move |name, _| if name == "authorizer" { Answer::Result(allow()) } else { answer.clone() }
        })
        .await;
        let gateway = Gateway::start(&lambda.config()).await;
        assert_eq!(gateway.refused_with().await, 502, "{answer:?}");
    }
}

#[tokio::test]
async fn a_message_whose_function_fails_gets_the_error_frame_and_the_connection_lives() {
    let lambda = Lambda::start(|name, event| match event["body"].as_str() {
        _ if name == "authorizer" => Answer::Result(allow()),
        Some("fail") => Answer::Failed(json!({"errorType": "Error", "errorMessage": "failure"})),
        Some("refuse") => Answer::Refused(StatusCode::TOO_MANY_REQUESTS, "Rate exceeded"),
        _ => Answer::Result(echo(event)),
    })
    .await;
    let gateway = Gateway::start(&lambda.config()).await;
    let mut client = gateway.connect().await;
    for failing in ["fail", "refuse"] {
        say(&mut client, failing).await;
        let frame = hear(&mut client).await;
        assert!(frame.starts_with(r#"{"message": "Internal server error", "connectionId":""#), "{frame}");
        say(&mut client, "still here").await;
        assert_eq!(hear(&mut client).await, "still here");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_named_in_the_log() {
    // A port that was free a moment ago.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let lambda = Lambda::chat().await;
    let endpoint = format!("http://{nobody}");
    for (function, status) in [("authorizer", 500), ("chat", 502)] {
        let there = format!("{function} = \"http://{}\"", lambda.address);
        let gone = format!("{function} = \"{endpoint}\"");
        let mut gateway = Gateway::start(&lambda.config().replace(&there, &gone)).await;
        assert_eq!(gateway.refused_with().await, status);
        let line = gateway.line("no answer").await;
        assert_eq!((line["endpoint"].as_str(), line["function"].as_str()), (Some(&*endpoint), Some(function)));
        assert!(line["cause"].as_str().unwrap().contains("refused"), "{line}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_silent_is_named_in_the_log() {
    let lambda = Lambda::start(|name, event| match event["body"].as_str() {
        _ if name == "authorizer" => Answer::Result(allow()),
        Some(_) => Answer::Silence,
        None => Answer::Result(echo(event)),
    })
    .await;
    for (timeouts, cause) in [("integration = \"50ms\"", "given up"), ("function = \"50ms\"", "given up")] {
        let mut gateway = Gateway::start(&format!("{}\n[timeouts]\n{timeouts}", lambda.config())).await;
        let mut client = gateway.connect().await;
        say(&mut client, "anybody?").await;
        assert!(hear(&mut client).await.starts_with(r#"{"message": "Internal server error""#));
        let line = gateway.line("no answer").await;
        assert_eq!(line["endpoint"], format!("http://{}", lambda.address));
        assert!(line["cause"].as_str().unwrap().starts_with(cause), "{line}");
    }
}
