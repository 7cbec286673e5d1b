//! The serverless half of Everwire: an app for API Gateway WebSocket APIs that authorizes clients by JWT, answers their messages, and
//! pushes events to a user's connections.
//!
//! An [`App`] takes Lambda event JSON and answers with Lambda response JSON, and nothing else: under Lambda ([`App::run`]), in a
//! process with a local gateway, and in tests ([`App::handle`]) it is the same app over the same bytes.
//!
//! ```
//! use std::sync::Arc;
//! use everwire_backend::{App, Authorizer, ConnectionId, Json, Memory, RouteError, User};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! struct GetOrder { id: u32 }
//!
//! #[derive(Serialize)]
//! struct Order { id: u32, owner: String }
//!
//! async fn get_order(user: User, Json(query): Json<GetOrder>) -> Result<Json<Order>, RouteError> {
//!     match query.id {
//!         0 => Err(RouteError::new("not_found", "there is no order 0")),
//!         id => Ok(Json(Order { id, owner: user.0 })),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::builder()
//!     .authorizer(Authorizer::hs256("a secret of at least thirty-two bytes"))
//!     .connections(Arc::new(Memory::new()))
//!     .route("orders.get", get_order)
//!     .build()?;
//!
//! let event = r#"{
//!     "requestContext": { "eventType": "MESSAGE", "connectionId": "PJqB0fHsqRcCHlw=", "authorizer": { "principalId": "anna" } },
//!     "body": "{\"action\":\"orders.get\",\"id\":7,\"ws_id\":1}"
//! }"#;
//! let answer = app.handle(event.as_bytes()).await?;
//! assert_eq!(answer, br#"{"statusCode":200,"body":"{\"id\":7,\"owner\":\"anna\",\"ws_id\":1}"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! All are on by default: `lambda` ([`App::run`]), `push-aws` ([`ManagementApi`], the AWS SDK), `sqlite` ([`Sqlite`], the embedded
//! store). Without any, an authorizer-only function stays small.
//!
//! # Logs
//!
//! By `tracing`, with the crate's modules as targets. No token is ever part of a line. (`lambda_runtime` itself writes the raw event at
//! TRACE: keep its target below that in production.)
#![cfg_attr(not(all(feature = "push-aws", feature = "sqlite")), allow(rustdoc::broken_intra_doc_links))]

mod answer;
mod app;
mod authorizer;
mod clock;
mod connection_id;
mod delivery;
mod error;
mod event;
mod extract;
mod handler;
mod jwt;
mod logging;
mod message;
mod push;
mod reply;
mod resources;
mod router;
mod store;

pub use app::{App, AppBuilder};
pub use authorizer::Authorizer;
pub use clock::{Clock, Millis, SystemClock};
pub use delivery::{NotifyError, PushReport, Pusher, Target};
pub use error::{BoxError, Error, FunctionFailure, Result};
pub use extract::{Body, ConnectionId, FromMessage, Json, State, User};
pub use futures_util::future::BoxFuture;
pub use handler::Handler;
pub use jwt::Claims;
pub use message::Message;
pub use push::{EndpointError, Endpoints, MAX_PAYLOAD, Push, PushOutcome};
#[cfg(feature = "push-aws")]
pub use push::{ManagementApi, Signing};
pub use reply::{IntoReply, Reply, RouteError};
pub use resources::Resources;
#[cfg(feature = "sqlite")]
pub use store::Sqlite;
pub use store::{Connection, ConnectionState, Connections, LIFETIME, Memory, Mode, SEEN_STEP, StoreError};
