//! `PUT /faults/refuse`, `/faults/blackhole` and `/faults/accept-then-close`.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;

use super::error::ApiError;
use super::json::Json;
use crate::gateway::Gateway;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refuse {
    status: u16,
    times: Option<u32>,
}

pub(super) async fn refuse(State(gateway): State<Gateway>, Json(body): Json<Refuse>) -> Result<StatusCode, ApiError> {
    gateway.faults().refuse(body.status, body.times)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Blackhole {
    times: Option<u32>,
}

pub(super) async fn blackhole(State(gateway): State<Gateway>, Json(body): Json<Blackhole>) -> StatusCode {
    gateway.faults().blackhole(body.times);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptThenClose {
    #[serde(default = "going_away")]
    code: u16,
    #[serde(default)]
    reason: String,
    times: Option<u32>,
}

fn going_away() -> u16 {
    1001
}

pub(super) async fn accept_then_close(
    State(gateway): State<Gateway>,
    Json(body): Json<AcceptThenClose>,
) -> Result<StatusCode, ApiError> {
    gateway.faults().accept_then_close(body.code, &body.reason, body.times)?;
    Ok(StatusCode::NO_CONTENT)
}
