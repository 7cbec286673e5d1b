//! One accepted TCP stream: a handshake becomes a WebSocket, everything else is plain HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tracing::debug;

use crate::gateway::Gateway;
use crate::head::Head;
use crate::listener::Ingress;
use crate::plain::{self, Replay};

pub(crate) async fn serve_stream(
    gateway: Gateway,
    http: Router,
    ingress: Arc<Ingress>,
    mut stream: TcpStream,
    peer: SocketAddr,
) {
    let config = &gateway.0.config;
    let head = tokio::select! {
        () = ingress.until_closed() => return,
        head = timeout(config.handshake_timeout, Head::read(&mut stream, config.head_bytes)) => head,
    };
    match head {
        Err(_elapsed) => debug!(target: "everwire_gateway", %peer, "half-open: no request in time"),
        Ok(Err(failure)) => debug!(target: "everwire_gateway", %peer, %failure, "no request"),
        Ok(Ok(head)) => {
            let stream = Replay::new(head.into_bytes(), stream);
            Box::pin(plain::serve(http, stream, peer, &ingress, config.handshake_timeout)).await;
        }
    }
}
