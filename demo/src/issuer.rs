//! Access tokens: short JWTs, signed and verified here.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::random::{self, NoRandomness};
use crate::secret::Secret;

/// What an access token says (RFC 7519, section 4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The user.
    pub sub: String,
    /// Issued at, in seconds since the Unix epoch.
    pub iat: u64,
    /// Expires at, in seconds since the Unix epoch.
    pub exp: u64,
    /// The token's own id. It identifies and grants nothing: it may be shown and logged.
    pub jti: String,
}

/// Signs and verifies access tokens with HS256.
#[derive(Clone)]
pub struct Issuer {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    lifetime_seconds: u64,
    clock: Clock,
}

impl Issuer {
    /// An issuer of tokens that live `lifetime_seconds`.
    #[must_use]
    pub fn new(secret: &Secret, lifetime_seconds: u32, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "sub"]);
        // The library would ask the machine's clock, and grant a minute: `verify` compares with the injected clock.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            validation,
            lifetime_seconds: u64::from(lifetime_seconds),
            clock,
        }
    }

    /// A fresh token for `user`, and what it says.
    ///
    /// # Errors
    ///
    /// No random bytes for the `jti`, or the signature failed.
    pub fn mint(&self, user: &str) -> Result<(String, AccessClaims), MintError> {
        let iat = self.clock.now_seconds();
        let claims = AccessClaims {
            sub: user.to_owned(),
            iat,
            exp: iat.saturating_add(self.lifetime_seconds),
            jti: random::base64url::<16>()?,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|_| MintError::Signature)?;
        Ok((token, claims))
    }

    /// The claims of a token that was signed here and has not expired.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`]; its text never holds a part of the token.
    pub fn verify(&self, token: &str) -> Result<AccessClaims, InvalidToken> {
        let data = jsonwebtoken::decode::<AccessClaims>(token, &self.decoding, &self.validation)
            .map_err(|_| InvalidToken::Bad)?;
        if data.claims.exp <= self.clock.now_seconds() {
            return Err(InvalidToken::Expired);
        }
        Ok(data.claims)
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer").field("lifetime_seconds", &self.lifetime_seconds).finish_non_exhaustive()
    }
}

/// Why a token could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The claims could not be signed.
    #[error("the access token could not be signed")]
    Signature,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// Not a token of this issuer.
    #[error("this access token was not issued here")]
    Bad,
    /// Past its `exp`.
    #[error("this access token has expired")]
    Expired,
}
