//! JSON Web Tokens: keys, verification, claims.
//!
//! The `jsonwebtoken` crate does the cryptography; the checks are made here, because its own are laxer than an authorizer may be
//! (60 s leeway, `exp` read from a string, the last of two keys of one name taken) and read the machine's clock.

mod claims;
mod keys;
mod unique_keys;
mod verify;

pub use claims::Claims;
pub(crate) use keys::{Key, Keys};
pub(crate) use verify::{Refusal, Verified, Verifier};
