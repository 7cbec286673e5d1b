//! `DELETE /faults` and `DELETE /faults/{fault}`, with `?connectionId=` for that of one connection.

use axum::extract::State;
use http::StatusCode;

use super::error::ApiError;
use super::json::OfConnection;
use crate::faults::{Fault, Target};
use crate::gateway::Gateway;

pub(super) async fn clear_all(State(gateway): State<Gateway>) -> StatusCode {
    gateway.faults().clear_all();
    StatusCode::NO_CONTENT
}

pub(super) async fn clear(
    fault: Fault,
    State(gateway): State<Gateway>,
    OfConnection(target): OfConnection,
) -> Result<StatusCode, ApiError> {
    match target {
        Target::All => gateway.faults().clear(fault),
        Target::One(_) if matches!(fault, Fault::Refuse | Fault::Blackhole | Fault::AcceptThenClose) => {
            let message = format!("{} is a fault of handshakes: leave connectionId out", fault.name());
            return Err(ApiError::new(StatusCode::BAD_REQUEST, "InvalidQuery", message));
        }
        Target::One(id) => gateway.faults().clear_one(fault, &id),
    }
    Ok(StatusCode::NO_CONTENT)
}
