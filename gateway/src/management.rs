//! The management API, `POST /{stage}/@connections/{id}` (AWS: *Use @connections commands in your backend service*).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tracing::info;

use crate::config::MAX_MESSAGE_BYTES;
use crate::gateway::Gateway;
use crate::ids::ConnectionId;
use crate::outbox::PushError;
use crate::path::{Place, place};

/// The header that makes an error a typed one for the SDKs.
pub(crate) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

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
    if request.method() != Method::POST {
        let mut response = error(StatusCode::METHOD_NOT_ALLOWED, None, "Only POST is supported");
        response.headers_mut().insert(http::header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let response = post(gateway, id, request.into_body()).await;
    // The id is the caller's text: escaped, and no longer than an id could be.
    let shown: String = id.chars().take(16).collect();
    info!(target: "everwire_gateway", connection = %shown.escape_default(), status = response.status().as_u16(), "post");
    response
}

async fn post(gateway: &Gateway, id: &str, body: Body) -> Response {
    let Ok(connection_id) = id.parse::<ConnectionId>() else {
        return error(StatusCode::BAD_REQUEST, Some("BadRequestException"), &format!("Invalid connectionId: {id}"));
    };
    let body = match read(body, gateway).await {
        Ok(body) => body,
        Err(response) => return *response,
    };
    let Ok(text) = Utf8Bytes::try_from(body) else {
        return error(StatusCode::BAD_REQUEST, Some("BadRequestException"), "The data is not UTF-8 text");
    };
    let Some(connection) = gateway.0.registry.get(&connection_id) else { return gone() };
    match connection.outbox.push(text) {
        Ok(()) => {
            connection.touch();
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

/// How much of a body is read, and discarded beyond the limit: a client that is still sending could not read the answer.
const MAX_READ_BYTES: usize = 8 * 1024 * 1024;

/// The body, bounded in size and time.
async fn read(body: Body, gateway: &Gateway) -> Result<Bytes, Box<Response>> {
    let bad = |message| Box::new(error(StatusCode::BAD_REQUEST, Some("BadRequestException"), message));
    match timeout(gateway.0.config.handshake_timeout, collect(body)).await {
        Ok(Ok(Some(whole))) => Ok(whole),
        Ok(Ok(None)) => Err(Box::new(error(
            StatusCode::PAYLOAD_TOO_LARGE,
            Some("PayloadTooLargeException"),
            "The data has more than 131072 bytes",
        ))),
        Ok(Err(_)) => Err(bad("The body is not complete")),
        Err(_elapsed) => Err(Box::new(error(StatusCode::REQUEST_TIMEOUT, None, "The body took too long"))),
    }
}

/// A body to its end; none if it has more than the limit of a message.
async fn collect(mut body: Body) -> Result<Option<Bytes>, axum::Error> {
    let mut whole = BytesMut::new();
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        total += data.len();
        if total <= MAX_MESSAGE_BYTES {
            whole.extend_from_slice(&data);
        } else if total > MAX_READ_BYTES {
            break;
        }
    }
    Ok((total <= MAX_MESSAGE_BYTES).then(|| whole.freeze()))
}

/// 410 with an empty body, as AWS answers: the header alone says what it is.
fn gone() -> Response {
    (StatusCode::GONE, [(ERROR_TYPE, "GoneException")]).into_response()
}

fn forbidden() -> Response {
    error(StatusCode::FORBIDDEN, Some("ForbiddenException"), "Forbidden")
}

/// A plain request where only a handshake makes sense, RFC 9110 section 15.5.22.
fn upgrade_required() -> Response {
    let mut response = error(StatusCode::UPGRADE_REQUIRED, None, "Upgrade Required");
    response.headers_mut().insert(http::header::UPGRADE, HeaderValue::from_static("websocket"));
    response
}

fn error(status: StatusCode, error_type: Option<&'static str>, message: &str) -> Response {
    let mut response = (status, Json(json!({"message": message}))).into_response();
    if let Some(error_type) = error_type {
        response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(error_type));
    }
    response
}
