//! The text frames by which API Gateway itself answers a message, with its own spacing: a blank after `"message":` and
//! after the commas, none after the other colons.

use crate::ids::{ConnectionId, RequestId};

/// No route takes the message.
pub(crate) fn forbidden(connection: ConnectionId, request: RequestId) -> String {
    frame("Forbidden", connection, request)
}

/// The message's function failed, took too long, was throttled, or gave no valid answer.
pub(crate) fn internal_server_error(connection: ConnectionId, request: RequestId) -> String {
    frame("Internal server error", connection, request)
}

fn frame(message: &str, connection: ConnectionId, request: RequestId) -> String {
    format!(r#"{{"message": "{message}", "connectionId":"{connection}", "requestId":"{request}"}}"#)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_frames_are_those_seen_on_aws() {
        assert_eq!(
            forbidden("XDmENcnwIE0CFEQ=".parse().unwrap(), "XDmGEE2RoE0FRdQ=".parse().unwrap()),
            r#"{"message": "Forbidden", "connectionId":"XDmENcnwIE0CFEQ=", "requestId":"XDmGEE2RoE0FRdQ="}"#
        );
        assert_eq!(
            internal_server_error("Qyi07eCbtjMCJKw=".parse().unwrap(), "Qyi3UG41tjMFlUg=".parse().unwrap()),
            r#"{"message": "Internal server error", "connectionId":"Qyi07eCbtjMCJKw=", "requestId":"Qyi3UG41tjMFlUg="}"#
        );
    }
}
