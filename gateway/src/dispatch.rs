//! One message: its route, its function, and what goes back.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tracing::{info, warn};

use crate::answer::Answer;
use crate::config::MAX_MESSAGE_BYTES;
use crate::connection::Connection;
use crate::ending::Ending;
use crate::events::{self, Request};
use crate::frames;
use crate::gateway::Gateway;
use crate::invoke::Failure;
use crate::outbox::PushError;
use crate::routes::Route;
use crate::silent::FailedAnswers;

pub(crate) async fn message(gateway: Gateway, connection: Arc<Connection>, text: Utf8Bytes) {
    let started = Instant::now();
    let request = Request::new(&*gateway.0.config.clock);
    let id = connection.id();
    let silent = &gateway.0.config.silent;
    let Some(route) = gateway.0.routes.of_message(&text, silent.reserved_actions) else {
        info!(target: "everwire_gateway", connection = %id, status = "forbidden", "message");
        gateway.0.metrics.message_forbidden();
        return send(&gateway, &connection, frames::forbidden(id, request.id));
    };
    let event = events::message(&gateway.0.config, &connection, request, &route.key, &text);
    drop(text);
    let outcome = gateway.0.invoker.call_unless_throttled(&*route.function, event).await;
    let reply = reply(route, outcome, silent.failed_answers);
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    gateway.0.metrics.message(&route.key, reply.is_ok());
    let status = if reply.is_ok() { "ok" } else { "failed" };
    info!(target: "everwire_gateway", connection = %id, route = %route.key, status, took_ms, "message");
    match reply {
        Ok(None) => {}
        Ok(Some(body)) => send(&gateway, &connection, body),
        Err(cause) => {
            // The text is the function's, so it is escaped.
            let cause = cause.escape_default();
            warn!(target: "everwire_gateway", connection = %id, route = %route.key, %cause, "failed");
            send(&gateway, &connection, frames::internal_server_error(id, request.id));
        }
    }
}

/// The text to send, or why there is an error frame instead.
fn reply(route: &Route, outcome: Result<Bytes, Failure>, failed: FailedAnswers) -> Result<Option<String>, String> {
    let answer = outcome.map_err(|failure| failure.to_string())?;
    // What a one-way route answers is dropped, whatever it is, unless its status counts.
    if !route.two_way && failed != FailedAnswers::ErrorFrame {
        return Ok(None);
    }
    let answer = match Answer::parse(&answer) {
        Ok(answer) => answer,
        Err(_) if !route.two_way => return Ok(None),
        Err(malformed) => return Err(malformed.to_string()),
    };
    match answer {
        Answer::Nothing => Ok(None),
        Answer::Reply { status: 400.., .. } if failed == FailedAnswers::Silence => Ok(None),
        Answer::Reply { status: 400.., .. } => Err("the function answered with a status of 400 or above".to_owned()),
        Answer::Reply { body, .. } => Ok(body.filter(|_| route.two_way)),
    }
}

/// Queues a text. Nobody can be told that it does not fit, so a client that does not read is cut off.
fn send(gateway: &Gateway, connection: &Connection, text: String) {
    if text.len() > MAX_MESSAGE_BYTES {
        connection.outbox.end(Ending::message_too_large());
        return;
    }
    match connection.outbox.push(text.into()) {
        Ok(()) => connection.keep(&*gateway.0.config.clock),
        Err(PushError::Full) if connection.outbox.end(Ending::killed()) => {
            warn!(target: "everwire_gateway", connection = %connection.id(), "cut: the client does not read its replies");
        }
        Err(PushError::Full | PushError::Closed) => {}
    }
}
