//! The crate as others use it: over event JSON, real HTTP, a real file and the real Lambda client.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod clock;
mod events;
mod log;
mod scripted_push;
mod tokens;

mod api;
mod authorizer;
mod build;
mod connect;
mod fan_out;
mod fixtures;
#[cfg(feature = "lambda")]
mod lambda;
mod notify;
#[cfg(feature = "push-aws")]
mod push;
mod replies;
mod router;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
