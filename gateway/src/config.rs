//! The settings of one gateway, and AWS's limits.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::sigv4::Credentials;
use crate::silent::Silent;
use crate::stage::StageVariables;

/// The largest frame a client may send, bytes (AWS: *Quotas for WebSocket APIs*, 32 KB).
pub const MAX_FRAME_BYTES: usize = 32 * 1024;
/// The largest message in either direction, bytes (same page, 128 KB).
pub const MAX_MESSAGE_BYTES: usize = 128 * 1024;
/// The longest request target (path and query) of a handshake, characters (same page).
pub const MAX_URL_CHARS: usize = 4096;
/// The largest answer of an authorizer, bytes (AWS: *Lambda authorizer output*, 8 KB).
pub const MAX_AUTHORIZER_ANSWER_BYTES: usize = 8 * 1024;
/// The largest message that [`protocol_echo`](crate::GatewayBuilder::protocol_echo) sends back, bytes (ours).
pub const MAX_ECHO_BYTES: usize = 16 * 1024 * 1024;
/// Routes of one API at most (same quotas page).
pub(crate) const MAX_ROUTES: usize = 300;

#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) stage: String,
    pub(crate) stage_variables: StageVariables,
    pub(crate) route_selection: String,
    pub(crate) api_id: String,
    pub(crate) region: String,
    pub(crate) account_id: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) idle_timeout: Duration,
    pub(crate) max_life: Duration,
    pub(crate) time_scale: f64,
    pub(crate) silent: Silent,
    /// Whether messages are sent back as they came, without limits.
    pub(crate) protocol_echo: bool,
    pub(crate) connects_per_second: Option<u32>,
    pub(crate) integration_timeout: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) close_timeout: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) send_buffer_bytes: usize,
    pub(crate) head_bytes: usize,
    pub(crate) concurrency: usize,
    /// Whether management calls need an `Authorization` header.
    pub(crate) require_auth: bool,
    /// The key that management calls must be signed with.
    pub(crate) credentials: Option<Credentials>,
    pub(crate) allow_remote: bool,
    pub(crate) hosts: Vec<String>,
}

impl Config {
    pub(crate) fn new(stage: String) -> Self {
        Self {
            stage,
            stage_variables: StageVariables::new(),
            route_selection: "$request.body.action".to_owned(),
            api_id: "everwire".to_owned(),
            region: "us-east-1".to_owned(),
            account_id: "123456789012".to_owned(),
            clock: Arc::new(SystemClock::new()),
            idle_timeout: Duration::from_secs(10 * 60),
            max_life: Duration::from_secs(2 * 60 * 60),
            time_scale: 1.0,
            silent: Silent::default(),
            protocol_echo: false,
            connects_per_second: None,
            integration_timeout: Duration::from_secs(29),
            handshake_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(2),
            shutdown_timeout: Duration::from_secs(5),
            send_buffer_bytes: 512 * 1024,
            head_bytes: 16 * 1024,
            concurrency: 1000,
            require_auth: false,
            credentials: None,
            allow_remote: false,
            hosts: Vec::new(),
        }
    }

    /// The ARN that an authorizer decides about.
    pub(crate) fn method_arn(&self) -> String {
        format!("arn:aws:execute-api:{}:{}:{}/{}/$connect", self.region, self.account_id, self.api_id, self.stage)
    }
}
