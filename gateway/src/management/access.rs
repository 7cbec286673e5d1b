//! Who may call the management API (AWS: *Control access to an API with IAM permissions*).

use http::header::AUTHORIZATION;
use http::request::Parts;
use tracing::warn;

use crate::config::Config;
use crate::sigv4::{Scope, SignatureError, verify};

/// Whether a call says who makes it, where that is asked.
pub(super) fn check_presence(config: &Config, request: &Parts) -> Result<(), SignatureError> {
    let is_asked = config.require_auth || config.credentials.is_some();
    if is_asked && !request.headers.contains_key(AUTHORIZATION) {
        return Err(told(SignatureError::Missing));
    }
    Ok(())
}

/// Whether a call is signed, where that is asked.
pub(super) fn check_signature(config: &Config, request: &Parts, body: &[u8]) -> Result<(), SignatureError> {
    let Some(credentials) = &config.credentials else { return Ok(()) };
    let scope = Scope { region: &config.region, service: "execute-api", now: config.clock.unix_time().as_secs() };
    verify(credentials, scope, request, body).map_err(told)
}

/// The caller learns only that it is forbidden; who runs the gateway learns why.
fn told(error: SignatureError) -> SignatureError {
    warn!(target: "everwire_gateway", cause = %error, "unsigned");
    error
}
