//! The user behind a connection.

use std::{fmt, ops::Deref};

use crate::{error::BoxError, extract::FromMessage, message::Message, reply::RouteError};

/// The user that the authorizer named at `$connect` (`requestContext.authorizer.principalId`).
///
/// A message of a connection without a user is refused with the code `unauthorized`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User(pub String);

impl FromMessage for User {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        match message.user() {
            Some(user) => Ok(Self(user.to_owned())),
            None => Err(RouteError::new("unauthorized", "this connection belongs to no user").into()),
        }
    }
}

impl Deref for User {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
