//! `GET /metrics`, in Prometheus's text format.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use crate::gateway::Gateway;

pub(super) async fn metrics(State(gateway): State<Gateway>) -> Response {
    let text = gateway.0.metrics.text(gateway.0.registry.len(), &gateway.0.invoker.took);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
