//! Tokens, good and bad, made byte by byte.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use crate::clock::NOW;

pub(crate) const SECRET: &str = "a test secret of more than thirty-two bytes";
pub(crate) const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
/// The fixtures' now, in seconds.
pub(crate) const NOW_S: u64 = NOW / 1000;

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn sign_with(secret: &str, algorithm: Algorithm, header: &str, payload: impl AsRef<[u8]>) -> String {
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature = crypto::sign(signed.as_bytes(), &EncodingKey::from_secret(secret.as_bytes()), algorithm).unwrap();
    format!("{signed}.{signature}")
}

/// Signed correctly, whatever header and payload are.
pub(crate) fn sign(header: &str, payload: impl AsRef<[u8]>) -> String {
    sign_with(SECRET, Algorithm::HS256, header, payload)
}

/// A good token, but for these claims. `null` takes a claim away.
pub(crate) fn token(changes: Value) -> String {
    let mut claims = json!({ "sub": "user-1", "exp": NOW_S + 60 });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    sign(HS256, claims.to_string())
}

pub(crate) fn good() -> String {
    token(json!({}))
}
