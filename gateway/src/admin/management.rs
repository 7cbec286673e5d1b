//! `PUT /faults/management`.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;

use super::error::ApiError;
use super::json::{Json, target};
use crate::faults::ManagementFault;
use crate::gateway::Gateway;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Management {
    answer: ManagementFault,
    connection_id: Option<String>,
    times: Option<u32>,
}

pub(super) async fn management(
    State(gateway): State<Gateway>,
    Json(body): Json<Management>,
) -> Result<StatusCode, ApiError> {
    let target = target(body.connection_id.as_deref())?;
    gateway.faults().management(target, body.answer, body.times)?;
    Ok(StatusCode::NO_CONTENT)
}
