//! The Lambda Invoke API, with functions that answer what a test says and record what they got.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::process::in_time;

/// One invocation, as it came over HTTP.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) function: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Invocation {
    pub(crate) fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What an invocation is answered with.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// 200 with this result.
    Result(Value),
    /// 200 with the header of a failed function, and this description.
    Failed(Value),
    /// The same without the header, as the runtime interface emulator does.
    Undeclared(Value),
    /// Another status with this body: no function ran.
    Refused(StatusCode, &'static str),
    /// Nothing, for ever.
    Silence,
}

type Answers = dyn Fn(&str, &Value) -> Answer + Send + Sync;

struct Shared {
    answers: Box<Answers>,
    record: mpsc::UnboundedSender<Invocation>,
}

/// A running Invoke API.
pub(crate) struct Lambda {
    pub(crate) address: SocketAddr,
    invocations: mpsc::UnboundedReceiver<Invocation>,
}

impl Lambda {
    pub(crate) async fn start(answers: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static) -> Self {
        let (record, invocations) = mpsc::unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .with_state(Arc::new(Shared { answers: Box::new(answers), record }));
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { address, invocations }
    }

    /// An authorizer that knows `user-1` and a function `chat` that sends bodies back.
    pub(crate) async fn chat() -> Self {
        Self::start(|name, event| Answer::Result(if name == "authorizer" { allow() } else { echo(event) })).await
    }

    pub(crate) async fn next(&mut self) -> Invocation {
        in_time(self.invocations.recv()).await.unwrap()
    }

    /// The event of the next invocation of a function for a kind of event; none for the authorizer's.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next().await.event();
            let is_authorizers = event["type"] == "REQUEST";
            if (kind == "REQUEST" && is_authorizers)
                || (event["requestContext"]["eventType"] == kind && !is_authorizers)
            {
                return event;
            }
        }
    }

    /// A file whose functions are all here: an authorizer, and `chat` for all routes, two-way.
    pub(crate) fn config(&self) -> String {
        let endpoint = format!("http://{}", self.address);
        format!(
            r#"
            port = 0
            admin = 0
            [authorizer]
            function = "authorizer"
            identity = "token"
            [routes]
            "$connect" = "chat"
            "$disconnect" = "chat"
            "$default" = {{ function = "chat", two_way = true }}
            oneWay = "chat"
            [functions]
            authorizer = "{endpoint}"
            chat = "{endpoint}"
            "#
        )
    }
}

async fn invoke(
    State(shared): State<Arc<Shared>>,
    Path(function): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let event = serde_json::from_slice(&body).unwrap();
    let answer = (shared.answers)(&function, &event);
    let _ = shared.record.send(Invocation { function, headers, body });
    match answer {
        Answer::Result(result) | Answer::Undeclared(result) => result.to_string().into_response(),
        Answer::Failed(description) => {
            ([("X-Amz-Function-Error", "Unhandled")], description.to_string()).into_response()
        }
        Answer::Refused(status, body) => (status, body).into_response(),
        Answer::Silence => std::future::pending().await,
    }
}

pub(crate) fn allow() -> Value {
    json!({
        "principalId": "user-1",
        "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
        ]},
        "context": {"tenant": "t9", "admin": true, "exp": 1_701_248_641},
    })
}

/// The body of a message, back; 200 for everything else.
pub(crate) fn echo(event: &Value) -> Value {
    json!({"statusCode": 200, "body": event["body"]})
}
