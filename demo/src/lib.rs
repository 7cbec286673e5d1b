//! Everwire on one machine: the local gateway, the serverless app, a token issuer and the console page in one process.
//!
//! The app and the gateway meet only in Lambda event JSON and Lambda response JSON, the bytes that AWS would send; what
//! runs here is what is deployed. Everything listens on loopback and answers pages of this machine only.
//!
//! | path | what |
//! |---|---|
//! | `GET /` | the console page |
//! | `POST /demo/login` `{"user"}` | a pair `{accessToken, refreshToken}` |
//! | `POST /demo/refresh` `{"refreshToken"}` | the next pair |
//! | `POST /demo/expire` (bearer) | the caller's access token is refused from now on: 204 |
//! | `POST /demo/push` (bearer) | the body is pushed to all connections of the caller; answers how many got it |
//! | `GET /demo/stats` | `{"logins","refreshes","refusedRefreshes"}` since the start |
//! | `GET /demo/config` | `{"stage","admin"}` |
//! | `/{stage}` | the WebSocket, `?token=` an access token |
//! | `/{stage}/@connections/{id}` | the management API |
//!
//! ```no_run
//! use everwire_demo::{Clock, Demo, Options};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let options = Options::parse_from_args(["everwire-demo", "--port", "0"])?;
//! let demo = Demo::start(&options, None, Clock::system()).await?;
//! println!("http://{}/", demo.address());
//! demo.serve(std::future::pending()).await;
//! # Ok(())
//! # }
//! ```

mod api_error;
mod app;
mod bearer;
mod clock;
mod console;
mod database;
mod demo;
mod endpoints;
mod issuer;
mod json_body;
pub mod logging;
mod loopback;
mod options;
mod random;
mod refresh_tokens;
mod revocation;
mod secret;
pub mod shutdown;
mod store_lock;
mod token;
mod user_name;

pub use clock::Clock;
pub use database::{Database, DatabaseError};
pub use demo::{Demo, StartError};
pub use issuer::{AccessClaims, InvalidToken, Issuer, MintError};
pub use options::{Command, Options, StoreFile, TokenOptions, UnknownStore, UsageError};
pub use random::NoRandomness;
pub use refresh_tokens::{GRACE_MS, LIFETIME_MS, RefreshTokens, Refusal, RotateError, Rotated};
pub use revocation::Revocations;
pub use secret::{MIN_SECRET_BYTES, SECRET_VARIABLE, Secret, SecretError};
pub use store_lock::StoreLockError;
pub use token::{TokenError, token};
pub use user_name::InvalidUserName;
