//! The answers of the management API. The header `x-amzn-ErrorType` is what makes an error a typed one for the SDKs.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// 410 with an empty body, as AWS answers: the header alone says what it is.
pub(super) fn gone() -> Response {
    (StatusCode::GONE, [(ERROR_TYPE, "GoneException")]).into_response()
}

pub(super) fn too_large() -> Response {
    error(StatusCode::PAYLOAD_TOO_LARGE, Some("PayloadTooLargeException"), "The data has more than 131072 bytes")
}

pub(super) fn forbidden() -> Response {
    error(StatusCode::FORBIDDEN, Some("ForbiddenException"), "Forbidden")
}

/// A plain request where only a handshake makes sense, RFC 9110 section 15.5.22.
pub(super) fn upgrade_required() -> Response {
    let mut response = error(StatusCode::UPGRADE_REQUIRED, None, "Upgrade Required");
    response.headers_mut().insert(http::header::UPGRADE, HeaderValue::from_static("websocket"));
    response
}

pub(super) fn error(status: StatusCode, error_type: Option<&'static str>, message: &str) -> Response {
    let mut response = (status, Json(json!({"message": message}))).into_response();
    if let Some(error_type) = error_type {
        response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(error_type));
    }
    response
}

/// RFC 9110 section 15.5.6.
pub(super) fn method_not_allowed() -> Response {
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, None, "Only POST, GET and DELETE are supported");
    response.headers_mut().insert(http::header::ALLOW, HeaderValue::from_static("POST, GET, DELETE"));
    response
}
