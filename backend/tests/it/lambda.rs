//! `App::run` by the real Lambda client, against a Runtime API of our own.
//!
//! The client reads its address from the environment, so the function runs in a process of its own: this test binary, started again.

use std::{
    collections::VecDeque,
    process::Stdio,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use everwire_backend::{App, Authorizer, BoxError, Json, Memory, RouteError, User};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

use crate::{
    events::{authorizer, connect, fixture, message},
    tokens::{HS256, SECRET, sign},
};

const FUNCTION: &str = "lambda::the_function";

/// Not a test by itself: the function that the test below starts.
#[tokio::test]
#[ignore = "the other side of `the_app_is_a_lambda_function`"]
async fn the_function() {
    App::builder()
        .authorizer(Authorizer::hs256(SECRET))
        .connections(Arc::new(Memory::new()))
        .route("hello", || async { Json(json!({ "hello": "lambda" })) })
        .route("refuse", || async { Err::<(), _>(RouteError::new("no", "not today")) })
        .route("fail", || async { Err::<(), BoxError>("it broke".into()) })
        .route("panic", |user: User| async move { assert!(user.is_empty(), "it fell over") })
        .build()
        .unwrap()
        .run()
        .await
        .unwrap();
}

#[derive(Clone)]
struct RuntimeApi {
    events: Arc<Mutex<VecDeque<Value>>>,
    answers: mpsc::UnboundedSender<(String, HeaderMap, Value)>,
}

async fn next(State(api): State<RuntimeApi>) -> Response {
    let event = api.events.lock().unwrap().pop_front();
    match event {
        Some(event) => (
            [
                ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
                ("lambda-runtime-deadline-ms", "4102444800000"),
                ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:app"),
            ],
            event.to_string(),
        )
            .into_response(),
        // As Lambda does between invocations: no answer.
        None => std::future::pending().await,
    }
}

async fn answered(
    State(api): State<RuntimeApi>,
    Path((_, kind)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    api.answers.send((kind, headers, serde_json::from_slice(&body).unwrap())).unwrap();
    StatusCode::ACCEPTED
}

#[tokio::test]
async fn the_app_is_a_lambda_function() {
    let token = sign(HS256, r#"{"sub":"user-1","exp":253402300799}"#);
    let body = |action: &str| json!({ "action": action, "ws_id": 1 }).to_string();
    let calls = [
        (authorizer(&token), "response"),
        (connect("A", "user-1"), "response"),
        (message("A", "user-1", &body("hello")), "response"),
        (message("A", "user-1", &body("refuse")), "response"),
        (message("A", "user-1", &body("fail")), "error"),
        (message("A", "user-1", &body("panic")), "error"),
        (json!({ "what": "is this" }), "error"),
        (fixture("disconnect"), "response"),
    ];
    let (answers, mut received) = mpsc::unbounded_channel();
    let api =
        RuntimeApi { events: Arc::new(Mutex::new(calls.iter().map(|(event, _)| event.clone()).collect())), answers };
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(answered))
        .with_state(api);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });

    let mut function = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", FUNCTION, "--ignored"])
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "app"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();

    let mut bodies = Vec::new();
    for (event, expected) in &calls {
        let (kind, headers, body) = tokio::select! {
            answer = received.recv() => answer.unwrap(),
            status = function.wait() => panic!("the function ended: {status:?}"),
        };
        assert_eq!(&kind, expected, "{event}: {body}");
        if kind == "error" {
            assert_eq!(headers["lambda-runtime-function-error-type"], "unhandled");
        }
        bodies.push(body);
    }
    function.kill().await.unwrap();

    assert_eq!(bodies[0]["principalId"], "user-1");
    assert_eq!(bodies[0]["policyDocument"]["Statement"][0]["Effect"], "Allow");
    assert_eq!(bodies[1], json!({ "statusCode": 200 }));
    assert_eq!(bodies[2], json!({ "statusCode": 200, "body": r#"{"hello":"lambda","ws_id":1}"# }));
    assert_eq!(
        bodies[3],
        json!({ "statusCode": 200, "body": r#"{"error":{"code":"no","message":"not today","retry":false},"ws_id":1}"# })
    );
    assert_eq!(bodies[4], json!({ "errorType": "HandlerError", "errorMessage": "it broke" }));
    assert_eq!(bodies[5], json!({ "errorType": "HandlerPanic", "errorMessage": "panicked: it fell over" }));
    assert_eq!(bodies[6]["errorType"], "UnknownEvent");
    assert_eq!(bodies[7], json!({ "statusCode": 200 }));
}
