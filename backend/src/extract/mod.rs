//! Typed extractors: what handlers take as arguments.

mod body;
mod claims;
mod connection_id;
mod json;
mod pusher;
mod state;
mod user;

use std::future::Future;

pub use body::Body;
pub use connection_id::ConnectionId;
pub use json::Json;
pub use state::State;
pub use user::User;

use crate::{error::BoxError, message::Message, resources::Resources};

/// A type that a handler can take as an argument.
///
/// ```
/// use everwire_backend::{BoxError, FromMessage, Message, RouteError};
///
/// struct Tenant(String);
///
/// impl FromMessage for Tenant {
///     async fn from_message(message: &Message) -> Result<Self, BoxError> {
///         let tenant = message.claims().str("tenant");
///         Ok(Tenant(tenant.ok_or_else(|| RouteError::new("forbidden", "the token names no tenant"))?.to_owned()))
///     }
/// }
/// ```
pub trait FromMessage: Sized {
    /// Reads the value from a message.
    ///
    /// # Errors
    /// A [`RouteError`](crate::RouteError) is told to the client; any other error makes the function fail.
    fn from_message(message: &Message) -> impl Future<Output = Result<Self, BoxError>> + Send;

    /// What the app must be built with for this extractor to work, and is not. [`AppBuilder::build`](crate::AppBuilder::build) reports it.
    #[must_use]
    fn missing(resources: &Resources) -> Option<String> {
        let _ = resources;
        None
    }
}
