//! `PUT /faults/disconnect`.

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;

use super::error::ApiError;
use super::json::{Json, target};
use crate::faults::DisconnectFault;
use crate::gateway::Gateway;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Disconnect {
    mode: Mode,
    milliseconds: Option<u64>,
    connection_id: Option<String>,
    times: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    Drop,
    Duplicate,
    Delay,
}

pub(super) async fn disconnect(
    State(gateway): State<Gateway>,
    Json(body): Json<Disconnect>,
) -> Result<StatusCode, ApiError> {
    let target = target(body.connection_id.as_deref())?;
    let fault = match (body.mode, body.milliseconds) {
        (Mode::Drop, None) => DisconnectFault::Drop,
        (Mode::Duplicate, None) => DisconnectFault::Duplicate,
        (Mode::Delay, Some(milliseconds)) => DisconnectFault::delay(Duration::from_millis(milliseconds)),
        (Mode::Delay, None) => {
            return Err(ApiError::invalid_body("the mode \"delay\" needs \"milliseconds\", 1 to 600000"));
        }
        (_, Some(_)) => {
            return Err(ApiError::invalid_body("only the mode \"delay\" has \"milliseconds\": leave them out"));
        }
    };
    gateway.faults().disconnect(target, fault, body.times)?;
    Ok(StatusCode::NO_CONTENT)
}
