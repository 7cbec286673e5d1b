//! Settings of time.

use std::sync::Arc;
use std::time::Duration;

use super::{GatewayBuilder, out_of_range};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::BuildError;

impl GatewayBuilder {
    /// How long a connection may be without a message in either direction; then it is closed. Pings and pongs do not count,
    /// unless [`pings_keep_alive`](Self::pings_keep_alive). [`Duration::MAX`] is never.
    ///
    /// # Default
    ///
    /// 10 minutes (AWS: *Quotas for WebSocket APIs*, "Idle Connection Timeout")
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.config.idle_timeout = timeout;
        self
    }

    /// How long a connection may be open; then it is closed, whatever goes on. [`Duration::MAX`] is never.
    ///
    /// # Default
    ///
    /// 2 hours (AWS: *Quotas for WebSocket APIs*, "Connection duration for WebSocket API")
    pub fn max_life(mut self, life: Duration) -> Self {
        self.config.max_life = life;
        self
    }

    /// How many times as fast [`idle_timeout`](Self::idle_timeout) and [`max_life`](Self::max_life) pass, 0.001 to 1 000 000:
    /// at 60 two hours are two minutes. Other times stay as they are.
    ///
    /// # Default
    ///
    /// 1 (ours)
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.config.time_scale = scale;
        self
    }

    /// What the gateway measures time by; a [`ManualClock`](crate::ManualClock) in tests.
    ///
    /// # Default
    ///
    /// [`SystemClock`](crate::SystemClock)
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.config.clock = Arc::new(clock);
        self
    }

    /// How long one invocation may take, 50 ms to 29 s (AWS: *Quotas for WebSocket APIs*).
    ///
    /// # Default
    ///
    /// 29 s
    pub fn integration_timeout(mut self, timeout: Duration) -> Self {
        self.config.integration_timeout = timeout;
        self
    }

    /// How long a client may take to send a request's head; then its connection is dropped.
    ///
    /// # Default
    ///
    /// 10 s (ours)
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.config.handshake_timeout = timeout;
        self
    }

    /// How long a closing handshake may take; then the TCP connection is dropped.
    ///
    /// # Default
    ///
    /// 2 s (ours)
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.config.close_timeout = timeout;
        self
    }

    /// How long a shutdown may take in all, with its `$disconnect` invocations.
    ///
    /// # Default
    ///
    /// 5 s (ours)
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.config.shutdown_timeout = timeout;
        self
    }
}

pub(super) fn check(config: &Config) -> Result<(), BuildError> {
    let timeout = config.integration_timeout;
    if timeout < Duration::from_millis(50) || timeout > Duration::from_secs(29) {
        return Err(out_of_range("integration_timeout", format!("{timeout:?}"), "between 50ms and 29s"));
    }
    for (setting, time) in [("idle_timeout", config.idle_timeout), ("max_life", config.max_life)] {
        if time.is_zero() {
            return Err(out_of_range(setting, "0s".to_owned(), "more than nothing, or Duration::MAX for never"));
        }
    }
    if !(0.001..=1_000_000.0).contains(&config.time_scale) {
        return Err(out_of_range("time_scale", config.time_scale.to_string(), "between 0.001 and 1000000"));
    }
    Ok(())
}
