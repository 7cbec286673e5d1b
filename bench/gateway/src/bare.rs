//! The limit: tokio-tungstenite with a check of the token, and a port to push by. No events, no functions, no store.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request as Upgrade, Response as Accepted};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::clients::ASK_ID;
use crate::gateway::until_told_to_end;
use crate::{Result, token};

#[derive(Clone, Default)]
struct Connections(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    next: u64,
    open: HashMap<u64, UnboundedSender<Utf8Bytes>>,
}

impl Connections {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Serves on two free ports, names them, and ends with standard input.
pub(crate) async fn serve() -> Result<()> {
    let sockets = TcpListener::bind("127.0.0.1:0").await?;
    let pushes = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {} {}", sockets.local_addr()?, pushes.local_addr()?);
    let connections = Connections::default();
    let accept_pushes = {
        let connections = connections.clone();
        async move {
            while let Ok((stream, _)) = pushes.accept().await {
                tokio::spawn(serve_pushes(stream, connections.clone()));
            }
        }
    };
    let accept_sockets = async move {
        while let Ok((stream, _)) = sockets.accept().await {
            tokio::spawn(serve_socket(stream, connections.clone()));
        }
    };
    tokio::select! {
        () = accept_pushes => {}
        () = accept_sockets => {}
        () = until_told_to_end() => {}
    }
    Ok(())
}

// The type is the library's.
#[allow(clippy::result_large_err)]
fn check_token(request: &Upgrade, response: Accepted) -> std::result::Result<Accepted, ErrorResponse> {
    let token = request.uri().query().and_then(|query| query.strip_prefix("token="));
    if token.and_then(token::subject).is_some() {
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(None);
    *refusal.status_mut() = StatusCode::FORBIDDEN;
    Err(refusal)
}

async fn serve_socket(stream: TcpStream, connections: Connections) {
    // The gateway does so too; replies would wait for acknowledgements otherwise.
    let _ = stream.set_nodelay(true);
    let Ok(mut socket) = accept_hdr_async(stream, check_token).await else { return };
    let (sender, mut pushes) = unbounded_channel();
    let id = connections.with(|state| {
        state.next += 1;
        state.open.insert(state.next, sender);
        state.next
    });
    loop {
        let reply = tokio::select! {
            Some(pushed) = pushes.recv() => pushed,
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) if text.as_str() == ASK_ID => id.to_string().into(),
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(_)) => continue,
                _ => break,
            },
        };
        if socket.send(Message::Text(reply)).await.is_err() {
            break;
        }
    }
    connections.with(|state| state.open.remove(&id));
}

async fn serve_pushes(stream: TcpStream, connections: Connections) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| push(request, connections.clone()));
    // A caller that left is no failure of the benchmark; one that got a wrong answer notices itself.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn push(
    request: Request<Incoming>,
    connections: Connections,
) -> std::result::Result<Response<Empty<Bytes>>, Infallible> {
    let id = request.uri().path().strip_prefix("/push/").and_then(|id| id.parse::<u64>().ok());
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let pushed = connections.with(|state| {
        let sender = id.and_then(|id| state.open.get(&id))?;
        sender.send(Utf8Bytes::try_from(body).ok()?).ok()
    });
    let mut response = Response::new(Empty::new());
    *response.status_mut() = if pushed.is_some() { StatusCode::OK } else { StatusCode::GONE };
    Ok(response)
}
