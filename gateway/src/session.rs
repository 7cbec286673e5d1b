//! The life of one WebSocket, from its 101 to its `$disconnect`.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tracing::{info, warn};

use crate::connection::Connection;
use crate::dispatch;
use crate::ending::Ending;
use crate::events::{self, Request};
use crate::expiry::until_expired;
use crate::faults::{self, FaultyStream};
use crate::gateway::Gateway;
use crate::registry::Registration;
use crate::socket::{Incoming, Socket};

/// A handshake that succeeded and whose answer is still to be written.
pub(crate) struct Accepted {
    pub(crate) registration: Registration,
    pub(crate) stream: TcpStream,
    /// The 101.
    pub(crate) answer: Bytes,
    /// What the client sent beyond its request.
    pub(crate) read: BytesMut,
}

/// Serves the connection until it ends, then runs `$disconnect`: on every path exactly once, after the socket is gone.
pub(crate) async fn run(gateway: Gateway, accepted: Accepted) {
    let Accepted { registration, mut stream, answer, read } = accepted;
    let connection = registration.connection.clone();
    let ending = match stream.write_all(&answer).await {
        Ok(()) => {
            drop(answer);
            let stream = FaultyStream::new(stream, gateway.clone(), connection.clone());
            let mut socket = Socket::new(stream, read, gateway.0.config.protocol_echo).await;
            let ending = serve(&gateway, &connection, &mut socket).await;
            // From here on posts find it gone, and what its functions still answer is dropped.
            drop(registration);
            connection.outbox.end(ending.clone());
            // Boxed, so that an idle connection does not carry the room for its end.
            Box::pin(socket.close(&connection.outbox, &ending, gateway.0.config.close_timeout)).await;
            ending
        }
        Err(_) => {
            drop(registration);
            Ending::lost()
        }
    };
    let ending = ending.told(&gateway.0.config.silent);
    gateway.0.metrics.disconnected(ending.code);
    // The reason is the client's text, so it is escaped.
    info!(
        target: "everwire_gateway",
        connection = %connection.id(),
        code = ending.code,
        reason = %ending.reason.escape_default(),
        "disconnect"
    );
    Box::pin(disconnect(&gateway, &connection, &ending)).await;
}

/// Every message starts an invocation of its own: they run at once, in no order.
async fn serve(gateway: &Gateway, connection: &std::sync::Arc<Connection>, socket: &mut Socket) -> Ending {
    let clock = &*gateway.0.config.clock;
    let mut expired = pin!(until_expired(&gateway.0.config, connection));
    loop {
        let incoming = tokio::select! {
            biased;
            ending = &mut expired => return ending,
            incoming = socket.next(&connection.outbox) => incoming,
        };
        match incoming {
            Incoming::Text(text) => {
                connection.touch(clock);
                tokio::spawn(dispatch::message(gateway.clone(), connection.clone(), text));
            }
            Incoming::Control => {
                if gateway.0.config.silent.pings_keep_alive {
                    connection.keep(clock);
                }
            }
            Incoming::Ended(ending) => return ending,
        }
    }
}

/// Best effort: the result counts for nothing but a line in the log.
async fn disconnect(gateway: &Gateway, connection: &Connection, ending: &Ending) {
    let Some(route) = &gateway.0.routes.disconnect else { return };
    let event = events::disconnect(&gateway.0.config, connection, Request::new(&*gateway.0.config.clock), ending);
    for _ in 0..faults::disconnect::runs(gateway, connection).await {
        if let Err(failure) = gateway.0.invoker.call(&*route.function, event.clone()).await {
            // The text is the function's, so it is escaped.
            let cause = failure.to_string();
            let cause = cause.escape_default();
            warn!(target: "everwire_gateway", connection = %connection.id(), route = "$disconnect", %cause, "failed");
        }
    }
}
