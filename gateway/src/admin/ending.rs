//! `POST /faults/kill` and `POST /faults/close`.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::json::{Json, target};
use crate::faults::Target;
use crate::gateway::Gateway;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Kill {
    connection_id: Option<String>,
}

pub(super) async fn kill(
    State(gateway): State<Gateway>,
    Json(body): Json<Kill>,
) -> Result<axum::Json<Value>, ApiError> {
    let faults = gateway.faults();
    let killed = match target(body.connection_id.as_deref())? {
        Target::All => faults.kill_all(),
        Target::One(id) => usize::from(faults.kill(&id)),
    };
    Ok(axum::Json(json!({"killed": killed})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Close {
    code: u16,
    #[serde(default)]
    reason: String,
    connection_id: Option<String>,
}

pub(super) async fn close(
    State(gateway): State<Gateway>,
    Json(body): Json<Close>,
) -> Result<axum::Json<Value>, ApiError> {
    let target = target(body.connection_id.as_deref())?;
    let closed = gateway.faults().close(target, body.code, &body.reason)?;
    Ok(axum::Json(json!({"closed": closed})))
}
