//! Amazon API Gateway's WebSocket APIs on one machine.

mod admin;
mod authorizer;
mod builder;
mod clock;
mod config;
mod connection;
mod ending;
mod error;
mod faults;
mod fields;
mod function;
mod gateway;
mod head;
mod host;
mod ids;
mod invoke;
mod listener;
mod management;
mod outbox;
mod path;
mod plain;
mod policy;
mod query;
mod registry;
mod routes;
mod stream;

pub use builder::GatewayBuilder;
pub use config::{MAX_AUTHORIZER_ANSWER_BYTES, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, MAX_URL_CHARS};
pub use connection::ConnectionInfo;
pub use error::{BindError, BuildError};
pub use faults::{Faults, InvalidRefusal};
pub use function::{Function, FunctionError, function};
pub use gateway::Gateway;
pub use ids::{ConnectionId, InvalidConnectionId};
pub use listener::Listener;
