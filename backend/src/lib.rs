//! The serverless half of Everwire.

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
