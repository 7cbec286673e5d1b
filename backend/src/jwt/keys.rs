//! Keys, each pinned to one algorithm.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, crypto};

/// A key, and the one algorithm that it is for. A token cannot choose another (RFC 8725, section 3.1), so that a public key is never
/// taken for an HMAC secret.
#[derive(Clone)]
pub(crate) struct Key {
    name: &'static str,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

impl Key {
    pub(crate) fn hs256(secret: &[u8]) -> Self {
        Self { name: "HS256", algorithm: Algorithm::HS256, decoding: DecodingKey::from_secret(secret) }
    }

    /// Whether `signature` (base64url) is this key's signature of `signed`.
    pub(super) fn verifies(&self, signed: &str, signature: &str) -> bool {
        crypto::verify(signature, signed.as_bytes(), &self.decoding, self.algorithm).unwrap_or(false)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("algorithm", &self.name).finish_non_exhaustive()
    }
}

/// Where keys come from.
#[derive(Clone, Debug)]
pub(crate) enum Keys {
    /// Keys known from the start.
    Fixed(Vec<Key>),
}

impl Keys {
    /// The keys that may have signed a token with this `alg`, compared as it is (`alg` is case-sensitive, RFC 7515, section 4.1.1).
    ///
    /// `jku`, `x5u` and an embedded `jwk` are never looked at: a token does not bring its own key. Asynchronous because a source may
    /// have to fetch.
    pub(super) async fn find(&self, alg: &str) -> Vec<&Key> {
        match self {
            Self::Fixed(keys) => keys.iter().filter(|key| key.name == alg).collect(),
        }
    }
}
