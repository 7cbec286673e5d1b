//! The token that every contestant checks: HS256, with an expiry.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::Result;

/// Known to everyone, as this is a benchmark. The emulator gets it by the environment.
pub(crate) const SECRET: &str = "a secret of the benchmark, of more than 32 bytes";

#[derive(Debug, Deserialize, Serialize)]
struct Claims {
    sub: String,
    exp: u64,
}

/// A token that is good for a day.
pub(crate) fn issue() -> Result<String> {
    let exp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() + 24 * 60 * 60;
    let claims = Claims { sub: "42".to_owned(), exp };
    Ok(encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(SECRET.as_bytes()))?)
}

/// Who the bearer is, if the token is good.
pub(crate) fn subject(token: &str) -> Option<String> {
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    decode::<Claims>(token, &key, &Validation::new(Algorithm::HS256)).ok().map(|data| data.claims.sub)
}
