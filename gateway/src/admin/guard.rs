//! Who may use the admin port.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::error::ApiError;
use crate::host::HostPolicy;

/// Lets only this machine in, and lets its pages read the answers (CORS, WHATWG Fetch section 3.2).
pub(super) async fn guard(request: Request, next: Next) -> Response {
    // Faults stay a matter of this machine, even where the gateway itself is open to others.
    if !HostPolicy::default().allows_request(request.headers()) {
        let message = "only loopback hosts and origins may use the admin port";
        return ApiError::new(StatusCode::FORBIDDEN, "Forbidden", message).into_response();
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
