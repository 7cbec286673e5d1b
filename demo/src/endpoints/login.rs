//! `POST /demo/login {"user"}`: signs anybody in, as this is a demo.

use axum::Json;
use axum::extract::State;

use super::{EndpointState, TokenPair};
use crate::api_error::ApiError;
use crate::json_body::JsonBody;
use crate::user_name::{self, InvalidUserName};

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
    user_name::check(body.text("user").unwrap_or_default()).map_err(|invalid| match invalid {
        InvalidUserName::Empty => ApiError::bad_request("missing_user", "send a name: {\"user\":\"ada\"}"),
        InvalidUserName::TooLong => ApiError::bad_request("user_too_long", invalid.to_string()),
        InvalidUserName::ControlCharacters => ApiError::bad_request("bad_user", invalid.to_string()),
    })
}
