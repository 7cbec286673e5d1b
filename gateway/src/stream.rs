//! One accepted TCP stream: a handshake becomes a WebSocket, everything else is plain HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tracing::debug;

use crate::gateway::Gateway;
use crate::head::{Head, HeadError};
use crate::listener::Ingress;
use crate::plain::{self, Replay};
use crate::{handshake, session};

/// Serves one stream to its end. The phases before the WebSocket are boxed, so that an idle connection's task has room
/// for its session alone.
pub(crate) async fn serve_stream(
    gateway: Gateway,
    http: Router,
    ingress: Arc<Ingress>,
    mut stream: TcpStream,
    peer: SocketAddr,
) {
    // Small frames should not wait for one another. If it fails, they do.
    let _ = stream.set_nodelay(true);
    let Some(head) = Box::pin(read_head(&gateway, &ingress, &mut stream, peer)).await else { return };
    if !head.wants_websocket() {
        let stream = Replay::new(head.into_bytes(), stream);
        return Box::pin(plain::serve(http, stream, peer, &ingress, gateway.0.config.handshake_timeout)).await;
    }
    drop(http);
    if let Some(accepted) = Box::pin(handshake::accept(&gateway, &ingress, head, stream, peer)).await {
        drop(ingress);
        session::run(gateway, accepted).await;
    }
}

/// The head of the first request, if the client sends one in time.
async fn read_head(gateway: &Gateway, ingress: &Ingress, stream: &mut TcpStream, peer: SocketAddr) -> Option<Head> {
    let config = &gateway.0.config;
    let head = tokio::select! {
        () = ingress.until_closed() => return None,
        head = timeout(config.handshake_timeout, Head::read(stream, config.head_bytes)) => head,
    };
    match head {
        Ok(Ok(head)) => Some(head),
        Ok(Err(failure)) => {
            debug!(target: "everwire_gateway", %peer, %failure, "no request");
            let status = match failure {
                HeadError::TooLarge => "431 Request Header Fields Too Large",
                HeadError::Malformed(_) => "400 Bad Request",
                HeadError::Incomplete | HeadError::Io(_) => return None,
            };
            plain::refuse(stream, status, config.close_timeout).await;
            None
        }
        Err(_elapsed) => {
            debug!(target: "everwire_gateway", %peer, "half-open: no request in time");
            None
        }
    }
}
