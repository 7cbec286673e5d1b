//! The management API, `/{stage}/@connections/{id}` (AWS: *Use @connections commands in your backend service*).

mod access;
mod answer;
mod body;
mod fault;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use serde::Serialize;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tracing::info;

use self::answer::{error, forbidden, gone, method_not_allowed, too_large, upgrade_required};
use crate::clock::timestamp;
use crate::config::MAX_MESSAGE_BYTES;
use crate::ending::Ending;
use crate::faults::management;
use crate::gateway::Gateway;
use crate::ids::ConnectionId;
use crate::outbox::PushError;
use crate::path::{Place, place};

/// Everything that is served as plain HTTP: the gateway's own paths first, then the user's router.
pub(crate) fn router(gateway: Gateway) -> Router {
    gateway.0.http.clone().layer(middleware::from_fn_with_state(gateway, intercept))
}

async fn intercept(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    match place(request.uri().path(), gateway.stage()) {
        Place::Elsewhere => next.run(request).await,
        Place::Stage => upgrade_required(),
        Place::Forbidden => forbidden(),
        Place::Connection(_) if !gateway.0.hosts.allows_request(request.headers()) => forbidden(),
        Place::Connection(id) => {
            let id = id.into_owned();
            manage(&gateway, &id, request).await
        }
    }
}

async fn manage(gateway: &Gateway, id: &str, request: Request) -> Response {
    let method = request.method().clone();
    if ![Method::POST, Method::GET, Method::DELETE].contains(&method) {
        return method_not_allowed();
    }
    let response = answer(gateway, id, request).await;
    // The id is the caller's text: escaped, and no longer than an id could be.
    let shown: String = id.chars().take(16).collect();
    let (shown, status) = (shown.escape_default(), response.status().as_u16());
    match method {
        Method::GET => info!(target: "everwire_gateway", connection = %shown, status, "get"),
        Method::DELETE => info!(target: "everwire_gateway", connection = %shown, status, "delete"),
        _ => {
            gateway.0.metrics.post(status);
            info!(target: "everwire_gateway", connection = %shown, status, "post");
        }
    }
    response
}

async fn answer(gateway: &Gateway, id: &str, request: Request) -> Response {
    let (request, body) = request.into_parts();
    if access::check_presence(&gateway.0.config, &request).is_err() {
        return forbidden();
    }
    let body = match body::read(body, gateway).await {
        Ok(body) => body,
        Err(response) => return *response,
    };
    match access::check_signature(&gateway.0.config, &request, &body) {
        Ok(()) => call(gateway, &request, id, body).await,
        Err(_) => forbidden(),
    }
}

async fn call(gateway: &Gateway, request: &Parts, id: &str, body: Bytes) -> Response {
    let Ok(id) = id.parse::<ConnectionId>() else {
        return error(StatusCode::BAD_REQUEST, Some("BadRequestException"), &format!("Invalid connectionId: {id}"));
    };
    let serve = || match request.method {
        Method::GET => get(gateway, &id),
        Method::DELETE => delete(gateway, &id),
        _ => post(gateway, &id, body),
    };
    match management::of_call(gateway, &id) {
        None => serve(),
        Some(fault) => fault::answer(fault, serve, &request.extensions).await,
    }
}

/// Delivers the body as one text message.
fn post(gateway: &Gateway, id: &ConnectionId, body: Bytes) -> Response {
    let text = match Utf8Bytes::try_from(body.clone()) {
        Ok(text) => text,
        Err(_) if gateway.0.config.silent.replace_invalid_utf8 => String::from_utf8_lossy(&body).as_ref().into(),
        Err(_) => {
            return error(StatusCode::BAD_REQUEST, Some("BadRequestException"), "The data is not UTF-8 text");
        }
    };
    if text.len() > MAX_MESSAGE_BYTES {
        // What replaces an invalid byte has three.
        return too_large();
    }
    let Some(connection) = gateway.0.registry.get(id) else { return gone() };
    match connection.outbox.push(text) {
        Ok(()) => {
            connection.touch(&*gateway.0.config.clock);
            StatusCode::OK.into_response()
        }
        Err(PushError::Closed) => gone(),
        Err(PushError::Full) => error(
            StatusCode::TOO_MANY_REQUESTS,
            Some("LimitExceededException"),
            "The client does not read what it was sent: its send buffer is full",
        ),
    }
}

/// Tells about a connection (AWS: *GetConnection*).
fn get(gateway: &Gateway, id: &ConnectionId) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Connection {
        connected_at: String,
        identity: Identity,
        last_active_at: String,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Identity {
        source_ip: std::net::IpAddr,
        #[serde(skip_serializing_if = "Option::is_none")]
        user_agent: Option<String>,
    }

    let Some(connection) = gateway.0.registry.get(id).filter(|connection| connection.outbox.ending().is_none()) else {
        return gone();
    };
    let info = connection.info();
    Json(Connection {
        connected_at: timestamp(info.connected_at),
        identity: Identity { source_ip: info.source_ip, user_agent: info.user_agent },
        last_active_at: timestamp(info.last_active_at),
    })
    .into_response()
}

/// Closes a connection with 1000; the caller can choose neither code nor reason (AWS: *DeleteConnection*).
fn delete(gateway: &Gateway, id: &ConnectionId) -> Response {
    match gateway.0.registry.get(id) {
        Some(connection) if connection.outbox.end(Ending::deleted()) => StatusCode::NO_CONTENT.into_response(),
        _ => gone(),
    }
}
