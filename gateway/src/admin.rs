//! The admin port: faults by HTTP, for loopback hosts and origins alone.

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::Gateway;
use crate::host::HostPolicy;
use crate::ids::ConnectionId;

pub(crate) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/connections", get(list))
        .route("/faults/kill", post(kill))
        .route("/faults/refuse", put(refuse).delete(accept_again))
        .layer(middleware::from_fn(guard))
        .with_state(gateway)
}

/// Lets only this machine in, and lets its pages read the answers (CORS, WHATWG Fetch section 3.2).
async fn guard(request: Request, next: Next) -> Response {
    // Faults stay a matter of this machine, even where the gateway itself is open to others.
    if !HostPolicy::default().allows_request(request.headers()) {
        let message = "only loopback hosts and origins may use the admin port";
        return (StatusCode::FORBIDDEN, Json(json!({"message": message}))).into_response();
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    if let Some(origin) = origin {
        allow_origin(response.headers_mut(), origin);
    }
    response
}

fn allow_origin(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, DELETE"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.append(VARY, HeaderValue::from_static("origin"));
}

async fn list(State(gateway): State<Gateway>) -> Json<Value> {
    Json(json!({"connections": gateway.connections()}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kill {
    connection_id: Option<String>,
}

async fn kill(State(gateway): State<Gateway>, Json(which): Json<Kill>) -> Response {
    let faults = gateway.faults();
    let killed = match which.connection_id.as_deref().map(str::parse::<ConnectionId>) {
        None => faults.kill_all(),
        Some(Ok(id)) => usize::from(faults.kill(&id)),
        Some(Err(error)) => return bad_request(&error),
    };
    Json(json!({"killed": killed})).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refuse {
    status: u16,
    times: Option<u32>,
}

async fn refuse(State(gateway): State<Gateway>, Json(how): Json<Refuse>) -> Response {
    match gateway.faults().refuse(how.status, how.times) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => bad_request(&error),
    }
}

async fn accept_again(State(gateway): State<Gateway>) -> StatusCode {
    gateway.faults().clear_refusal();
    StatusCode::NO_CONTENT
}

fn bad_request(error: &dyn std::error::Error) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"message": error.to_string()}))).into_response()
}
