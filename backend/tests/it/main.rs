//! The crate as others use it: over event JSON, real HTTP, a real file and the real Lambda client.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod clock;
mod events;
mod log;
mod scripted_push;
mod tokens;

#[cfg(feature = "push-aws")]
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
#[cfg(feature = "push-aws")]
mod push_target;
mod replies;
mod router;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
#[cfg(feature = "sqlite")]
mod store_model;
