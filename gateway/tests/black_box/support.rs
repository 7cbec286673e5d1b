//! A running gateway, functions that record what they get, and plain HTTP by hand.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use everwire_gateway::{Function, FunctionError, Gateway, GatewayBuilder, function};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(crate) type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long anything in a test may take before the test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it takes too long")
}

/// A gateway that serves on a free port.
pub(crate) struct Running {
    pub(crate) gateway: Gateway,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(builder: GatewayBuilder) -> Self {
        let gateway = builder.build().unwrap();
        let listener = gateway.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(listener.serve(async {
            let _ = stopped.await;
        }));
        Self { gateway, address, stop, served }
    }

    /// Shuts down and waits until nothing of it runs any more.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        in_time(self.served).await.unwrap();
    }

    /// Connects to a path and query.
    pub(crate) async fn connect(&self, path: &str) -> Client {
        self.try_connect(path).await.unwrap()
    }

    pub(crate) async fn try_connect(&self, path: &str) -> Result<Client, tungstenite::Error> {
        let (client, _) = in_time(connect_async(format!("ws://{}{path}", self.address))).await?;
        Ok(client)
    }

    /// The answer to a handshake that is refused.
    pub(crate) async fn refused(&self, path: &str) -> Response {
        self.http(&upgrade(path, &self.address.to_string())).await
    }

    /// Sends a request's text as it is and reads the answer to the end.
    pub(crate) async fn http(&self, request: &str) -> Response {
        let mut stream = self.raw().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        Response::read(&mut stream).await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Response {
        self.http(&post(path, &self.address.to_string(), "", body)).await
    }

    pub(crate) async fn raw(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Waits until every fault has happened as often as asked.
    pub(crate) async fn until_no_fault_stands(&self) {
        in_time(async {
            while !self.gateway.faults().active().is_empty() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Waits until exactly so many connections are open.
    pub(crate) async fn until_open(&self, count: usize) {
        in_time(async {
            while self.gateway.connections().len() != count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// A handshake as a browser would send it, shortened.
pub(crate) fn upgrade(path: &str, host: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

pub(crate) fn post(path: &str, host: &str, headers: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    /// Reads until the server closes.
    pub(crate) async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        in_time(stream.read_to_end(&mut bytes)).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status, headers, body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {:?}", self.body))
    }
}

/// The events that a function got, in their order.
pub(crate) struct Events(mpsc::UnboundedReceiver<Value>);

impl Events {
    pub(crate) async fn next(&mut self) -> Value {
        in_time(self.0.recv()).await.expect("the function is gone")
    }

    pub(crate) fn is_empty(&mut self) -> bool {
        self.0.try_recv().is_err()
    }
}

/// A function that records its events and answers each by a closure.
pub(crate) fn recorded<A>(answer: A) -> (impl Function, Events)
where
    A: Fn(&Value) -> Result<Value, FunctionError> + Send + Sync + 'static,
{
    let (record, events) = mpsc::unbounded_channel();
    let answer = Arc::new(answer);
    let function = function(move |event: Bytes| {
        let (record, answer) = (record.clone(), Arc::clone(&answer));
        async move {
            let event: Value = serde_json::from_slice(&event).unwrap();
            let answer = answer(&event);
            let _ = record.send(event);
            Ok(answer?.to_string().into())
        }
    });
    (function, Events(events))
}

/// A function that answers always the same.
pub(crate) fn constant(answer: Value) -> impl Function {
    function(move |_: Bytes| {
        let answer = answer.to_string();
        async move { Ok(answer.into()) }
    })
}

pub(crate) fn failing(error_message: &'static str) -> impl Function {
    function(move |_: Bytes| async move { Err(FunctionError::new("Error", error_message)) })
}

/// A function that never answers.
pub(crate) fn hanging() -> impl Function {
    function(|_: Bytes| std::future::pending())
}

pub(crate) fn ok() -> Value {
    json!({"statusCode": 200})
}

/// An authorizer's answer that lets everyone in.
pub(crate) fn allow() -> Value {
    policy("Allow", "*")
}

pub(crate) fn policy(effect: &str, resource: &str) -> Value {
    json!({
        "principalId": "user-1",
        "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
        ]},
    })
}

/// A function that sends the message's body back.
pub(crate) fn echo() -> impl Function {
    function(|event: Bytes| async move {
        let event: Value = serde_json::from_slice(&event).unwrap();
        Ok(json!({"statusCode": 200, "body": event["body"]}).to_string().into())
    })
}

pub(crate) async fn say(client: &mut Client, text: &str) {
    in_time(client.send(Message::text(text))).await.unwrap();
}

/// The next message, which must be a text.
pub(crate) async fn hear(client: &mut Client) -> String {
    match in_time(client.next()).await {
        Some(Ok(Message::Text(text))) => text.to_string(),
        other => panic!("expected a text, got {other:?}"),
    }
}

/// The code of the close frame that comes next.
pub(crate) async fn close_code(client: &mut Client) -> u16 {
    match in_time(client.next()).await {
        Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
        other => panic!("expected a close frame, got {other:?}"),
    }
}

/// The id of the only open connection.
pub(crate) fn only_id(running: &Running) -> String {
    let connections = running.gateway.connections();
    assert_eq!(connections.len(), 1, "{connections:?}");
    connections[0].id.to_string()
}

pub(crate) fn now_millis() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}
