//! The body of a management call, bounded in size and time.

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use super::answer::{error, too_large};
use crate::config::MAX_MESSAGE_BYTES;
use crate::gateway::Gateway;

/// How much of a body is read, and discarded beyond the limit: a client that is still sending could not read the answer.
const MAX_READ_BYTES: usize = 8 * 1024 * 1024;

/// The body, bounded in size and time.
pub(super) async fn read(body: Body, gateway: &Gateway) -> Result<Bytes, Box<Response>> {
    let bad = |message| Box::new(error(StatusCode::BAD_REQUEST, Some("BadRequestException"), message));
    match timeout(gateway.0.config.handshake_timeout, collect(body)).await {
        Ok(Ok(Some(whole))) => Ok(whole),
        Ok(Ok(None)) => Err(Box::new(too_large())),
        Ok(Err(_)) => Err(bad("The body is not complete")),
        Err(_elapsed) => Err(Box::new(error(StatusCode::REQUEST_TIMEOUT, None, "The body took too long"))),
    }
}

/// A body to its end; none if it has more than the limit of a message.
async fn collect(mut body: Body) -> Result<Option<Bytes>, axum::Error> {
    let mut whole = BytesMut::new();
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        total += data.len();
        if total <= MAX_MESSAGE_BYTES {
            whole.extend_from_slice(&data);
        } else if total > MAX_READ_BYTES {
            break;
        }
    }
    Ok((total <= MAX_MESSAGE_BYTES).then(|| whole.freeze()))
}
