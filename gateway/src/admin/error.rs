//! Errors of the admin port: `{"error":"InvalidBody","message":"what was wrong and what to do"}`.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, Uri};
use serde_json::json;

use crate::faults::{FaultError, InvalidRefusal};
use crate::ids::InvalidConnectionId;

#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    /// For programs; it does not change.
    error: &'static str,
    /// For people.
    message: String,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, error, message: message.into() }
    }

    /// JSON, but not what the endpoint takes.
    pub(super) fn invalid_body(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "InvalidBody", message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": self.error, "message": self.message}))).into_response()
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let error = match rejection.status() {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "UnsupportedMediaType",
            StatusCode::PAYLOAD_TOO_LARGE => "BodyTooLarge",
            _ => "InvalidJson",
        };
        Self::new(rejection.status(), error, rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), "InvalidQuery", rejection.body_text())
    }
}

impl From<InvalidConnectionId> for ApiError {
    fn from(invalid: InvalidConnectionId) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidConnectionId", invalid.to_string())
    }
}

impl From<InvalidRefusal> for ApiError {
    fn from(invalid: InvalidRefusal) -> Self {
        FaultError::from(invalid).into()
    }
}

impl From<FaultError> for ApiError {
    fn from(failure: FaultError) -> Self {
        let (status, error) = match failure {
            FaultError::NotOpen(_) => (StatusCode::NOT_FOUND, "ConnectionNotOpen"),
            FaultError::InvalidCode(_) => (StatusCode::BAD_REQUEST, "InvalidCode"),
            FaultError::ReasonTooLong(_) => (StatusCode::BAD_REQUEST, "ReasonTooLong"),
            FaultError::InvalidStatus(_) => (StatusCode::BAD_REQUEST, "InvalidStatus"),
            FaultError::InvalidTime { .. } => (StatusCode::BAD_REQUEST, "InvalidTime"),
        };
        Self::new(status, error, failure.to_string())
    }
}

pub(super) async fn not_found(uri: Uri) -> ApiError {
    let message = format!("there is no {}: GET /connections, /faults and /metrics are here", uri.path());
    ApiError::new(StatusCode::NOT_FOUND, "NotFound", message)
}

pub(super) async fn method_not_allowed(method: Method, uri: Uri) -> ApiError {
    let message = format!("{method} is not served at {}: the header Allow lists what is", uri.path());
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
}
