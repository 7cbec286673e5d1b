//! The message as text.

use crate::{error::BoxError, extract::FromMessage, message::Message};

/// The exact text of the message, whatever it is. A fallback uses it to say what was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(pub String);

impl FromMessage for Body {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        Ok(Self(message.body().to_owned()))
    }
}
