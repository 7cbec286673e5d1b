//! One message of a client, as handlers see it.

use std::sync::Arc;

use serde_json::Value;

use crate::{jwt::Claims, resources::Resources};

/// One message of a client, with what is known about its connection. Extractors read it.
#[derive(Clone, Debug)]
pub struct Message(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connection_id: String,
    user: Option<String>,
    claims: Claims,
    body: String,
    json: Option<Value>,
    resources: Arc<Resources>,
}

impl Message {
    pub(crate) fn new(
        connection_id: String,
        user: Option<String>,
        claims: Claims,
        body: String,
        json: Option<Value>,
        resources: Arc<Resources>,
    ) -> Self {
        Self(Arc::new(Inner { connection_id, user, claims, body, json, resources }))
    }

    /// The connection that the message came from.
    #[must_use]
    pub fn connection_id(&self) -> &str {
        &self.0.connection_id
    }

    /// The user that the authorizer named, if the API has an authorizer.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.0.user.as_deref()
    }

    /// The claims that the authorizer passed on.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// The exact text of the message.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.0.body
    }

    /// The message as JSON; `None` if it is not JSON or is nested deeper than 127 levels.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        self.0.json.as_ref()
    }

    /// What the app was built with.
    #[must_use]
    pub fn resources(&self) -> &Resources {
        &self.0.resources
    }
}
