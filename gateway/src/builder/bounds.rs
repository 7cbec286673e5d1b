//! Settings of how much clients may do at once.

use super::{GatewayBuilder, out_of_range};
use crate::config::{Config, MAX_MESSAGE_BYTES};
use crate::error::BuildError;

impl GatewayBuilder {
    /// How many new connections are let in per second, with a second's worth at once; a handshake over it gets 429, and
    /// neither the authorizer nor `$connect` runs for it.
    ///
    /// # Default
    ///
    /// No limit (ours; AWS: *Quotas for WebSocket APIs*, 500 per account and Region)
    pub fn throttle_connects(mut self, per_second: u32) -> Self {
        self.config.connects_per_second = Some(per_second);
        self
    }

    /// How much may wait for one client that does not read, bytes beyond what the operating system buffers. A POST over
    /// it answers 429; a reply over it cuts the connection. At least one message of 128 KB must fit; more than 4096
    /// messages do not, however short they are.
    ///
    /// # Default
    ///
    /// 524 288 (ours)
    pub fn send_buffer(mut self, bytes: usize) -> Self {
        self.config.send_buffer_bytes = bytes;
        self
    }

    /// The largest request head, bytes; over it the answer is 431. At least 8192, so that the longest URL fits.
    ///
    /// # Default
    ///
    /// 16 384 (ours)
    pub fn max_head(mut self, bytes: usize) -> Self {
        self.config.head_bytes = bytes;
        self
    }

    /// How many messages may be in their functions at once, over all connections; a message over it is answered like a
    /// throttled Lambda, by the `Internal server error` frame.
    ///
    /// # Default
    ///
    /// 1000 (AWS: *Lambda quotas*, concurrent executions)
    pub fn concurrency(mut self, invocations: usize) -> Self {
        self.config.concurrency = invocations;
        self
    }
}

pub(super) fn check(config: &Config) -> Result<(), BuildError> {
    if config.connects_per_second == Some(0) {
        return Err(out_of_range("throttle_connects", "0".to_owned(), "at least 1"));
    }
    if config.send_buffer_bytes < MAX_MESSAGE_BYTES {
        return Err(out_of_range("send_buffer", config.send_buffer_bytes.to_string(), "at least 131072"));
    }
    if config.head_bytes < 8192 {
        return Err(out_of_range("max_head", config.head_bytes.to_string(), "at least 8192"));
    }
    if config.concurrency == 0 || config.concurrency > tokio::sync::Semaphore::MAX_PERMITS {
        return Err(out_of_range("concurrency", config.concurrency.to_string(), "at least 1 and not astronomical"));
    }
    Ok(())
}
