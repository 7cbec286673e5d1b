//! `POST /demo/push`: the body is an event for all connections of the caller.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use everwire_backend::{NotifyError, PushReport};

use super::EndpointState;
use crate::api_error::ApiError;
use crate::bearer::Bearer;
use crate::json_body::JsonBody;

pub(super) async fn push(
    State(state): State<EndpointState>,
    Bearer(claims): Bearer,
    JsonBody(event): JsonBody,
) -> Result<Json<PushReport>, ApiError> {
    if state.revocations.is_refused(&claims.jti) {
        return Err(ApiError::unauthorized("invalid_token", "this access token is refused: refresh it"));
    }
    let report = state.app.notify(&claims.sub, &event).await.map_err(|error| match error {
        NotifyError::TooLarge { .. } => {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "event_too_large", error.to_string())
        }
        other => ApiError::internal(&other),
    })?;
    tracing::info!(
        user = claims.sub,
        delivered = report.delivered,
        gone = report.gone,
        pending = report.pending,
        failed = report.failed,
        "push"
    );
    Ok(Json(report))
}
