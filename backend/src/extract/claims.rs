//! The claims that the authorizer passed on.

use crate::{error::BoxError, extract::FromMessage, jwt::Claims, message::Message};

impl FromMessage for Claims {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        Ok(message.claims().clone())
    }
}
