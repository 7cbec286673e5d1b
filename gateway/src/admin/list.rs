//! `GET /connections` and `GET /faults`.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::gateway::Gateway;

pub(super) async fn connections(State(gateway): State<Gateway>) -> Json<Value> {
    Json(json!({"connections": gateway.connections()}))
}

pub(super) async fn faults(State(gateway): State<Gateway>) -> Json<Value> {
    Json(json!({"faults": gateway.faults().active()}))
}
