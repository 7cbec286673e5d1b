//! Lambda events, as API Gateway and callers of `notify` send them.
//!
//! Source: API Gateway Developer Guide, *Set up a WebSocket API integration request* and *Create an API Gateway `REQUEST` authorizer
//! function*, and captures of real events. Unknown fields are ignored, and what the gateway may leave out is optional.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The union of all events; [`Event::shape`] tells which one it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Event {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) method_arn: Option<String>,
    pub(crate) query_string_parameters: Option<Map<String, Value>>,
    pub(crate) multi_value_query_string_parameters: Option<Map<String, Value>>,
    pub(crate) request_context: Option<RequestContext>,
    pub(crate) body: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) connection: Option<String>,
    pub(crate) event: Option<Value>,
}

/// `requestContext` of every event of the gateway.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RequestContext {
    pub(crate) event_type: Option<String>,
    pub(crate) connection_id: Option<String>,
    pub(crate) domain_name: Option<String>,
    pub(crate) stage: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub(crate) connected_at: Option<u64>,
    /// `principalId` and the authorizer's context, side by side.
    pub(crate) authorizer: Option<Map<String, Value>>,
    pub(crate) disconnect_status_code: Option<i64>,
    pub(crate) disconnect_reason: Option<String>,
}

/// Which event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Authorize,
    Connect,
    Message,
    Disconnect,
    Notify,
    Unknown,
}

impl Event {
    pub(crate) fn shape(&self) -> Shape {
        match (&self.request_context, self.kind.as_deref()) {
            (_, Some("REQUEST")) => Shape::Authorize,
            (Some(context), _) => match context.event_type.as_deref() {
                Some("CONNECT") => Shape::Connect,
                Some("MESSAGE") => Shape::Message,
                Some("DISCONNECT") => Shape::Disconnect,
                _ => Shape::Unknown,
            },
            (None, _) if self.event.is_some() && (self.user.is_some() || self.connection.is_some()) => Shape::Notify,
            (None, _) => Shape::Unknown,
        }
    }
}

impl RequestContext {
    pub(crate) fn principal(&self) -> Option<&str> {
        let principal = self.authorizer.as_ref()?.get("principalId")?.as_str()?;
        (!principal.is_empty()).then_some(principal)
    }
}
