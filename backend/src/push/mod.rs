//! Posting to a connection.

mod endpoints;
#[cfg(feature = "push-aws")]
mod management;
#[cfg(feature = "push-aws")]
mod signing;

use std::fmt::Debug;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use endpoints::{EndpointError, Endpoints};
#[cfg(feature = "push-aws")]
pub use management::ManagementApi;
#[cfg(feature = "push-aws")]
pub use signing::Signing;

use crate::store::Connection;

/// The largest message that API Gateway carries, in bytes (*limits*: 128 KB).
pub const MAX_PAYLOAD: usize = everwire_protocol::limits::MAX_MESSAGE;

/// What became of one post.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushOutcome {
    /// API Gateway took it.
    Delivered,
    /// API Gateway does not know the connection (410).
    Gone,
    /// The payload is larger than [`MAX_PAYLOAD`] (413, or not even sent).
    TooLarge,
    /// API Gateway refused it for now (429), more than once.
    Throttled,
    /// Anything else, with the reason for the log.
    Failed(String),
}

/// A way to post to a connection.
pub trait Push: Debug + Send + Sync + 'static {
    /// Posts one text message.
    fn post<'a>(&'a self, connection: &'a Connection, payload: Bytes) -> BoxFuture<'a, PushOutcome>;
}
