//! Settings of who may reach the gateway and its management API.

use super::GatewayBuilder;
use crate::config::Config;
use crate::error::BuildError;
use crate::sigv4::Credentials;

impl GatewayBuilder {
    /// Whether calls of `@connections` need an `Authorization` header, of any content; without one they get 403
    /// `ForbiddenException`.
    ///
    /// # Default
    ///
    /// `false` (ours; AWS always needs a signature)
    pub fn require_auth(mut self, require: bool) -> Self {
        self.config.require_auth = require;
        self
    }

    /// Calls of `@connections` must be signed with this key, for this gateway's Region and the service `execute-api`, within
    /// five minutes (AWS: *Signature Version 4*); others get 403 `ForbiddenException`, and the log says why. The signature
    /// must be in the `Authorization` header.
    ///
    /// # Default
    ///
    /// Signatures are not looked at (ours)
    pub fn verify_sigv4(mut self, access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.config.credentials = Some(Credentials { access_key: access_key.into(), secret: secret.into() });
        self
    }

    /// Whether [`Gateway::bind`](crate::Gateway::bind) accepts addresses that other machines can reach.
    ///
    /// # Default
    ///
    /// `false`
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.config.allow_remote = allow;
        self
    }

    /// A further name by which this gateway may be addressed, without port, for example `gateway.test`. Requests whose
    /// `Host` is neither this nor loopback are refused: a web page could otherwise reach the gateway through a DNS name
    /// of its own (DNS rebinding).
    ///
    /// # Default
    ///
    /// `localhost`, `*.localhost` and loopback addresses only; with [`allow_remote`](Self::allow_remote) every IP address
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.config.hosts.push(host.into());
        self
    }
}

pub(super) fn check(config: &Config) -> Result<(), BuildError> {
    match &config.credentials {
        Some(key) if key.access_key.is_empty() || key.access_key.contains('/') || key.secret.is_empty() => {
            Err(BuildError::InvalidCredentials)
        }
        _ => Ok(()),
    }
}
