//! JSON Web Tokens: keys, verification, claims.

mod claims;

pub use claims::Claims;
