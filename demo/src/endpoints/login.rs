//! `POST /demo/login {"user"}`: signs anybody in, as this is a demo.

use axum::Json;
use axum::extract::State;

use super::{EndpointState, TokenPair};
use crate::api_error::ApiError;
use crate::json_body::JsonBody;

/// Longest user name, in characters.
const MAX_USER_CHARS: usize = 64;

pub(super) async fn login(State(state): State<EndpointState>, body: JsonBody) -> Result<Json<TokenPair>, ApiError> {
    let user = user(&body)?;
    let refresh_token = state.refresh_tokens.issue(user).await.map_err(|error| ApiError::internal(&error))?;
    let (pair, jti) =
        TokenPair::mint(&state.issuer, user, refresh_token).map_err(|error| ApiError::internal(&error))?;
    state.stats.count_login();
    tracing::info!(user, jti, "login");
    Ok(pair)
}

fn user(body: &JsonBody) -> Result<&str, ApiError> {
    let user = body
        .text("user")
        .map(str::trim)
        .filter(|user| !user.is_empty())
        .ok_or_else(|| ApiError::bad_request("missing_user", "send a name: {\"user\":\"ada\"}"))?;
    if user.chars().count() > MAX_USER_CHARS {
        return Err(ApiError::bad_request(
            "user_too_long",
            format!("a user name has at most {MAX_USER_CHARS} characters"),
        ));
    }
    if user.chars().any(char::is_control) {
        return Err(ApiError::bad_request("bad_user", "a user name has no control characters"));
    }
    Ok(user)
}
