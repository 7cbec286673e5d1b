//! The answer to a handshake that does not succeed.

use http::StatusCode;
use serde::Serialize;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::Config;
use crate::ids::{ConnectionId, RequestId};
use crate::linger::linger;

/// A status for the client, and a cause for the log that holds nothing the client sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) cause: &'static str,
    error_type: Option<&'static str>,
}

impl Refusal {
    pub(crate) const fn new(status: StatusCode, cause: &'static str) -> Self {
        Self { status, cause, error_type: None }
    }

    /// Adds AWS's name of the error, as the header `x-amzn-ErrorType`.
    pub(crate) const fn typed(mut self, error_type: &'static str) -> Self {
        self.error_type = Some(error_type);
        self
    }

    /// Writes the answer and parts from the client, within a time limit.
    pub(crate) async fn send(
        self,
        mut stream: TcpStream,
        connection: ConnectionId,
        request: RequestId,
        config: &Config,
    ) {
        let body = if config.silent.refusal_body { self.body(connection, request) } else { String::new() };
        let response = self.response(&body);
        // Whether the client listens does not change what is done.
        let _ = timeout(config.close_timeout, async {
            if stream.write_all(response.as_bytes()).await.is_ok() {
                linger(&mut stream).await;
            }
        })
        .await;
    }

    fn response(&self, body: &str) -> String {
        let (code, phrase) = (self.status.as_u16(), self.status.canonical_reason().unwrap_or_default());
        let mut response = format!("HTTP/1.1 {code} {phrase}\r\n");
        if self.status == StatusCode::UPGRADE_REQUIRED {
            // RFC 6455 section 4.4 and RFC 9110 section 15.5.22.
            response.push_str("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
        }
        if let Some(error_type) = self.error_type {
            response.push_str(&format!("x-amzn-ErrorType: {error_type}\r\n"));
        }
        let length = body.len();
        if !body.is_empty() {
            response.push_str("Content-Type: application/json\r\n");
        }
        response.push_str(&format!("Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"));
        response
    }

    fn body(&self, connection: ConnectionId, request: RequestId) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            message: &'a str,
            connection_id: ConnectionId,
            request_id: RequestId,
        }
        let message = match self.status {
            StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_GATEWAY => "Internal server error",
            StatusCode::GATEWAY_TIMEOUT => "Endpoint request timed out",
            status => status.canonical_reason().unwrap_or("Refused"),
        };
        serde_json::to_string(&Body { message, connection_id: connection, request_id: request }).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_refusal_says_who_was_refused() {
        let refusal = Refusal::new(StatusCode::FORBIDDEN, "test");
        assert_eq!(
            refusal.body("PJqB0fHsqRcCHlw=".parse().unwrap(), "PJqB0E1tKRcF-Qw=".parse().unwrap()),
            r#"{"message":"Forbidden","connectionId":"PJqB0fHsqRcCHlw=","requestId":"PJqB0E1tKRcF-Qw="}"#
        );
    }
}
