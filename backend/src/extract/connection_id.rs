//! The connection that a message came from.

use std::{fmt, ops::Deref};

use crate::{error::BoxError, extract::FromMessage, message::Message};

/// The id of the connection that the message came from: opaque, `requestContext.connectionId`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub String);

impl FromMessage for ConnectionId {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        Ok(Self(message.connection_id().to_owned()))
    }
}

impl Deref for ConnectionId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
