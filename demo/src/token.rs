//! `everwire-demo token --sub 42`: an access token without signing in, for `curl`, `wscat` and scripts.

use crate::clock::Clock;
use crate::issuer::{Issuer, MintError};
use crate::options::Options;
use crate::secret::{Secret, SecretError};
use crate::user_name::{self, InvalidUserName};

/// A token of `sub` that the demo with these options accepts. `secret` of `None` means the one kept beside the store,
/// which must be there: a secret that no demo has would make tokens that no demo accepts.
///
/// # Errors
///
/// [`TokenError`]: one line that says what was wrong and what to do.
pub fn token(options: &Options, sub: &str, secret: Option<Secret>, clock: Clock) -> Result<String, TokenError> {
    let sub = user_name::check(sub)?;
    let secret = secret.map_or_else(|| Secret::kept_beside(options.store.path()), Ok)?;
    let (token, _) = Issuer::new(&secret, options.token_lifetime, clock).mint(sub)?;
    Ok(token)
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Nobody could sign in by this name.
    #[error("--sub: {0}")]
    User(#[from] InvalidUserName),
    /// Nothing to sign with.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It could not be signed.
    #[error(transparent)]
    Mint(#[from] MintError),
}
