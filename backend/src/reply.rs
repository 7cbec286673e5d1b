//! What a handler gives back.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::BoxError;

/// The reply to one message, before `ws_id` is added.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// Nothing is sent.
    #[default]
    None,
    /// One JSON value is sent as one text frame.
    Json(Value),
}

impl Reply {
    /// The text frame for a message that carried `ws_id`, or `None` if nothing is to be sent.
    ///
    /// An object gets `ws_id` as a member of its own; any other value travels as `{"ws_id":…,"data":…}`, so that a reply with a `ws_id`
    /// is always an object.
    pub(crate) fn into_frame(self, ws_id: Option<u32>) -> Option<String> {
        let value = match self {
            Self::None => return None,
            Self::Json(value) => value,
        };
        let framed = match (ws_id, value) {
            (None, value) => value,
            (Some(ws_id), Value::Object(mut object)) => {
                object.insert("ws_id".to_owned(), ws_id.into());
                Value::Object(object)
            }
            (Some(ws_id), value) => {
                Value::Object(Map::from_iter([("ws_id".to_owned(), ws_id.into()), ("data".to_owned(), value)]))
            }
        };
        Some(framed.to_string())
    }
}

/// A refusal that the client is told about: `{"ws_id":…,"error":{"code","message","retry"}}`, with status 200.
///
/// Any other error of a handler makes the function itself fail, which the client sees as the gateway's error frame.
///
/// ```
/// use everwire_backend::{Json, RouteError};
///
/// async fn get_order() -> Result<Json<u32>, RouteError> {
///     Err(RouteError::new("not_found", "there is no such order"))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct RouteError {
    /// A name for programs, such as `not_found`.
    pub code: Cow<'static, str>,
    /// A text for people.
    pub message: String,
    /// Whether the same request may succeed later.
    pub retry: bool,
}

impl RouteError {
    /// A refusal that a retry would not change.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retry: false }
    }

    /// The same refusal, but one that a retry may change.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retry = true;
        self
    }
}

impl From<RouteError> for Reply {
    fn from(error: RouteError) -> Self {
        Self::Json(serde_json::json!({ "error": error }))
    }
}

/// What a handler may return.
///
/// - `()`: nothing is sent,
/// - [`Json<T>`](crate::Json): the value is sent, with the request's `ws_id` if it had one,
/// - `Option<R>`: nothing is sent for `None`,
/// - `Result<R, E>`: a [`RouteError`] is told to the client, any other error makes the function fail.
pub trait IntoReply {
    /// Turns the value into a reply.
    ///
    /// # Errors
    /// The handler's own error, or that the value has no JSON form.
    fn into_reply(self) -> Result<Reply, BoxError>;
}

impl IntoReply for () {
    fn into_reply(self) -> Result<Reply, BoxError> {
        Ok(Reply::None)
    }
}

impl IntoReply for Reply {
    fn into_reply(self) -> Result<Reply, BoxError> {
        Ok(self)
    }
}

impl<R: IntoReply> IntoReply for Option<R> {
    fn into_reply(self) -> Result<Reply, BoxError> {
        self.map_or(Ok(Reply::None), R::into_reply)
    }
}

impl<R: IntoReply, E: Into<BoxError>> IntoReply for Result<R, E> {
    fn into_reply(self) -> Result<Reply, BoxError> {
        self.map_err(Into::into).and_then(R::into_reply)
    }
}

impl IntoReply for RouteError {
    fn into_reply(self) -> Result<Reply, BoxError> {
        Ok(self.into())
    }
}
