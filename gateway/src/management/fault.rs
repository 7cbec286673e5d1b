//! Wrong answers on demand.

use axum::response::Response;
use http::{Extensions, StatusCode};

use super::answer::{error, gone};
use crate::faults::ManagementFault;
use crate::listener::Closing;

/// What a call gets that is to have a fault. `serve` does what was asked.
pub(super) async fn answer(fault: ManagementFault, serve: impl FnOnce() -> Response, request: &Extensions) -> Response {
    let internal_error = || error(StatusCode::INTERNAL_SERVER_ERROR, None, "Internal server error");
    match fault {
        ManagementFault::Gone => gone(),
        ManagementFault::LimitExceeded => {
            error(StatusCode::TOO_MANY_REQUESTS, Some("LimitExceededException"), "Fault on demand")
        }
        ManagementFault::InternalError => internal_error(),
        ManagementFault::InternalErrorAfterDelivery => {
            serve();
            internal_error()
        }
        ManagementFault::Hang => {
            // A caller that gives up drops this future.
            match request.get::<Closing>() {
                Some(closing) => closing.clone().wait().await,
                None => std::future::pending().await,
            }
            error(StatusCode::SERVICE_UNAVAILABLE, None, "The gateway shuts down")
        }
    }
}
