//! `POST /demo/refresh {"refreshToken"}`: a fresh pair for a good refresh token.

use axum::Json;
use axum::extract::State;

use super::{EndpointState, TokenPair};
use crate::api_error::ApiError;
use crate::json_body::JsonBody;
use crate::refresh_tokens::RotateError;

pub(super) async fn refresh(State(state): State<EndpointState>, body: JsonBody) -> Result<Json<TokenPair>, ApiError> {
    let token = body.text("refreshToken").ok_or_else(|| {
        ApiError::bad_request("missing_refresh_token", "send {\"refreshToken\":\"…\"} as sign-in answered it")
    })?;
    let rotated = state.refresh_tokens.rotate(token).await.map_err(|error| match error {
        RotateError::Refused(refusal) => {
            state.stats.count_refused_refresh();
            tracing::info!(reason = %refusal, "refresh refused");
            ApiError::unauthorized("invalid_refresh_token", refusal.to_string())
        }
        other => ApiError::internal(&other),
    })?;
    let (pair, jti) = TokenPair::mint(&state.issuer, &rotated.user, rotated.refresh_token)
        .map_err(|error| ApiError::internal(&error))?;
    state.stats.count_refresh();
    tracing::info!(user = rotated.user, jti, "refresh");
    Ok(pair)
}
