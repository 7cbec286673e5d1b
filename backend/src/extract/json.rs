//! Messages and replies as typed JSON.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::BoxError,
    extract::FromMessage,
    message::Message,
    reply::{IntoReply, Reply, RouteError},
};

/// The whole message decoded into `T`, and a value to reply with.
///
/// Data is spread beside `action`, so `T` sees `action` and `ws_id` too; serde ignores them unless `T` denies unknown fields.
/// A message that does not fit is refused with the code `invalid`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromMessage for Json<T> {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        let json = message
            .json()
            .ok_or_else(|| RouteError::new("invalid", "the message is not JSON, or is nested too deeply"))?;
        T::deserialize(json).map(Self).map_err(|error| RouteError::new("invalid", error.to_string()).into())
    }
}

impl<T: Serialize> IntoReply for Json<T> {
    fn into_reply(self) -> Result<Reply, BoxError> {
        Ok(Reply::Json(serde_json::to_value(self.0)?))
    }
}
