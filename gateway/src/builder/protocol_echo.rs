//! A setting for conformance tests of the WebSocket protocol.

use super::GatewayBuilder;

impl GatewayBuilder {
    /// Whether open connections get every message back as it came, text or binary and of any size up to
    /// [`MAX_ECHO_BYTES`](crate::MAX_ECHO_BYTES), instead of being an API: no route and no function sees a message, AWS's
    /// limits of frames and messages do not hold, and binary is not refused. For conformance tests of RFC 6455 such as
    /// Autobahn's, and for nothing else.
    ///
    /// ```
    /// use everwire_gateway::Gateway;
    ///
    /// assert!(Gateway::builder("dev").protocol_echo(true).build().is_ok());
    /// ```
    ///
    /// # Default
    ///
    /// `false` (ours)
    pub fn protocol_echo(mut self, echo: bool) -> Self {
        self.config.protocol_echo = echo;
        self
    }
}
