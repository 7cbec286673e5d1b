//! What the tests share: a demo on free ports, a clock to move, and small HTTP and WebSocket clients.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use everwire_demo::{Clock, Demo, Options, Secret};
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite};

/// Longer than anything here takes on a busy machine; a test that hangs fails by it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The secret of every demo that is started here, so that tests can sign tokens of their own.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A demo that runs in this process.
pub struct Running {
    pub address: SocketAddr,
    pub admin: Option<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl Running {
    /// On `folder`'s store, with the machine's clock.
    pub async fn start(folder: &Path) -> Self {
        Self::start_with(folder, Clock::system()).await
    }

    pub async fn start_with(folder: &Path, clock: Clock) -> Self {
        let options = options(folder, &["--admin", "0"]);
        let demo = Demo::start(&options, Some(Secret::new(SECRET).unwrap()), clock).await.unwrap();
        let (address, admin) = (demo.address(), demo.admin_address());
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(demo.serve(async move {
            let _ = stopped.await;
        }));
        Self { address, admin, stop: Some(stop), served }
    }

    /// Stops it as Ctrl-C would, and waits for its end.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        timeout(PATIENCE, self.served).await.expect("the demo did not stop").unwrap();
    }

    pub async fn get(&self, path: &str) -> Answer {
        call(self.address, Request::get(path).body(Full::default()).unwrap()).await
    }

    /// POST with a body as it is.
    pub async fn post(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        call(self.address, Request::post(path).body(Full::new(body.into())).unwrap()).await
    }

    /// POST with a body as it is and an access token.
    pub async fn post_as(&self, token: &str, path: &str, body: impl Into<Bytes>) -> Answer {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Full::new(body.into()))
            .unwrap();
        call(self.address, request).await
    }

    /// Signs in, and gives the pair.
    pub async fn sign_in(&self, user: &str) -> Pair {
        let answer = self.post("/demo/login", serde_json::json!({ "user": user }).to_string()).await;
        assert_eq!(answer.status, 200);
        answer.pair()
    }

    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.post("/demo/refresh", serde_json::json!({ "refreshToken": refresh_token }).to_string()).await
    }

    /// Opens a socket, or gives the status that refused it.
    pub async fn socket(&self, query: &str) -> Result<Socket, u16> {
        socket(self.address, query).await
    }

    /// Opens a socket with a token that is good.
    pub async fn open(&self, token: &str) -> Socket {
        self.socket(&format!("?token={token}")).await.expect("the handshake was refused")
    }
}

/// The options of a demo in `folder`, on a free port.
pub fn options(folder: &Path, more: &[&str]) -> Options {
    let store = format!("sqlite:{}", folder.join("demo.db").display());
    let console = folder.join("console").display().to_string();
    let fixed = ["everwire-demo", "--port", "0", "--store", &store, "--console", &console];
    Options::parse_from_args(fixed.iter().chain(more)).unwrap()
}

/// A clock that tests move.
#[derive(Clone, Default)]
pub struct Hands(Arc<AtomicU64>);

impl Hands {
    pub fn at(ms: u64) -> Self {
        Self(Arc::new(AtomicU64::new(ms)))
    }

    pub fn clock(&self) -> Clock {
        let hands = self.0.clone();
        Clock::new(move || hands.load(Ordering::SeqCst))
    }

    pub fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// A pair of tokens.
#[derive(Clone)]
pub struct Pair {
    pub access: String,
    pub refresh: String,
}

/// An HTTP answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: hyper::HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code of `{"error":{"code","message"}}`; the message must be there as well.
    pub fn error_code(&self) -> String {
        let error = self.json()["error"].clone();
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "no message in {error}");
        error["code"].as_str().expect("no code").to_owned()
    }

    pub fn pair(&self) -> Pair {
        let json = self.json();
        let text = |key: &str| json[key].as_str().expect("no token").to_owned();
        Pair { access: text("accessToken"), refresh: text("refreshToken") }
    }
}

/// One request on a connection of its own. `Host` is the address unless the request names another.
pub async fn call(address: SocketAddr, mut request: Request<Full<Bytes>>) -> Answer {
    let exchange = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        request.headers_mut().entry(header::HOST).or_insert_with(|| address.to_string().parse().unwrap());
        let (parts, body) = sender.send_request(request).await.map(Response::into_parts).unwrap();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    };
    timeout(PATIENCE, exchange).await.expect("no answer")
}

pub async fn socket(address: SocketAddr, query: &str) -> Result<Socket, u16> {
    socket_at(address, &address.ip().to_string(), query).await
}

/// Opens a socket under another name of the same server.
pub async fn socket_at(address: SocketAddr, name: &str, query: &str) -> Result<Socket, u16> {
    let handshake = async {
        let stream = TcpStream::connect(address).await.unwrap();
        client_async(format!("ws://{name}:{}/dev{query}", address.port()), stream).await
    };
    match timeout(PATIENCE, handshake).await.expect("no answer to the handshake") {
        Ok((stream, _)) => Ok(Socket(stream)),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("the handshake failed: {other}"),
    }
}

/// A plain WebSocket client, as another program would use.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub async fn send(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.unwrap();
    }

    /// The next text message.
    pub async fn text(&mut self) -> String {
        loop {
            match self.next().await {
                Some(Message::Text(text)) => return text.to_string(),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("no text message but {other:?}"),
            }
        }
    }

    pub async fn json(&mut self) -> Value {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    /// Sends a message and gives the answer.
    pub async fn ask(&mut self, message: &Value) -> Value {
        self.send(message.to_string()).await;
        self.json().await
    }

    /// Its own connection id.
    pub async fn connection_id(&mut self) -> String {
        let who = self.ask(&serde_json::json!({"action": "whoami"})).await;
        who["connectionId"].as_str().expect("no connection id").to_owned()
    }

    /// The code of the close frame that ends the socket.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Some(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Some(_) => {}
                None => return None,
            }
        }
    }

    /// Nothing arrives for `quiet`.
    pub async fn assert_silent(&mut self, quiet: Duration) {
        if let Ok(message) = timeout(quiet, self.0.next()).await {
            panic!("expected silence, got {message:?}");
        }
    }

    async fn next(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.0.next()).await.expect("nothing arrived").and_then(Result::ok)
    }
}
