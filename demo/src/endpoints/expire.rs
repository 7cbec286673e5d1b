//! `POST /demo/expire`: the caller's own access token is refused from now on, by the authorizer and here.

use axum::extract::State;
use axum::http::StatusCode;

use super::EndpointState;
use crate::api_error::ApiError;
use crate::bearer::Bearer;

/// Saying it twice is no mistake: two panels share one token.
pub(super) async fn expire(State(state): State<EndpointState>, Bearer(claims): Bearer) -> Result<StatusCode, ApiError> {
    state.revocations.refuse(&claims.jti, claims.exp).await.map_err(|error| ApiError::internal(&error))?;
    tracing::info!(user = claims.sub, jti = claims.jti, "expire");
    Ok(StatusCode::NO_CONTENT)
}
