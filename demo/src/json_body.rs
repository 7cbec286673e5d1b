//! The JSON body of a request, or a refusal in the one shape.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde_json::Value;

use crate::api_error::ApiError;

/// Largest body that is read, in bytes: one push of the largest size (128 KiB), with room for white space.
pub(crate) const MAX_BODY_BYTES: usize = 192 * 1024;

/// Any JSON value.
///
/// The content type does not matter: `curl --data` names a form, and foreign pages are kept out by their origin.
pub(crate) struct JsonBody(pub(crate) Value);

impl JsonBody {
    /// The string at `field`, if there is one.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                format!("the body is longer than {MAX_BODY_BYTES} bytes"),
            ),
            _ => ApiError::bad_request("body_unreadable", "the body broke off"),
        })?;
        // The position alone: the parser's own text quotes the body, and a body may hold a token.
        serde_json::from_slice(&body).map(Self).map_err(|error| {
            ApiError::bad_request(
                "bad_json",
                format!("the body is not JSON (line {}, column {})", error.line(), error.column()),
            )
        })
    }
}
