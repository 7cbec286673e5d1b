//! `GET /demo/config`: what the page cannot know by itself.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::EndpointState;

/// The stage of the WebSocket's path, and where faults are injected (`null` without `--admin`).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Config {
    pub(crate) stage: String,
    pub(crate) admin: Option<String>,
}

pub(super) async fn config(State(state): State<EndpointState>) -> Json<Config> {
    Json(state.config)
}
