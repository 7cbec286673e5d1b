//! `PUT /faults/half-open`, `/faults/delay` and `/faults/dribble`.

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;

use super::error::ApiError;
use super::json::{Json, target};
use crate::gateway::Gateway;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct HalfOpen {
    connection_id: Option<String>,
}

pub(super) async fn half_open(
    State(gateway): State<Gateway>,
    Json(body): Json<HalfOpen>,
) -> Result<StatusCode, ApiError> {
    gateway.faults().half_open(target(body.connection_id.as_deref())?)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Delay {
    milliseconds: u64,
    connection_id: Option<String>,
}

pub(super) async fn delay(State(gateway): State<Gateway>, Json(body): Json<Delay>) -> Result<StatusCode, ApiError> {
    let target = target(body.connection_id.as_deref())?;
    gateway.faults().delay(target, Duration::from_millis(body.milliseconds))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Dribble {
    #[serde(default)]
    milliseconds: u64,
    connection_id: Option<String>,
}

pub(super) async fn dribble(State(gateway): State<Gateway>, Json(body): Json<Dribble>) -> Result<StatusCode, ApiError> {
    let target = target(body.connection_id.as_deref())?;
    gateway.faults().dribble(target, Duration::from_millis(body.milliseconds))?;
    Ok(StatusCode::NO_CONTENT)
}
