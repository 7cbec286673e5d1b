//! Answers to the gateway's events, without nulls: API Gateway's treatment of a null is not documented.

use serde::Serialize;
use serde_json::{Map, Value};

/// The answer to `$connect`, a message and `$disconnect`.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProxyAnswer {
    pub(crate) status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
}

impl ProxyAnswer {
    pub(crate) fn status(status_code: u16) -> Self {
        Self { status_code, body: None }
    }
}

/// The answer of a Lambda authorizer (API Gateway Developer Guide, *Output from an API Gateway Lambda authorizer*).
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizerAnswer {
    pub(crate) principal_id: String,
    pub(crate) policy_document: PolicyDocument,
    /// Strings only: numbers and booleans would become strings on the way, and lists and objects make the whole answer invalid.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) context: Map<String, Value>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PolicyDocument {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    action: &'static str,
    effect: &'static str,
    resource: String,
}

impl PolicyDocument {
    pub(crate) fn allow(resource: String) -> Self {
        Self::new("Allow", resource)
    }

    pub(crate) fn deny(resource: String) -> Self {
        Self::new("Deny", resource)
    }

    fn new(effect: &'static str, resource: String) -> Self {
        Self { version: "2012-10-17", statement: [Statement { action: "execute-api:Invoke", effect, resource }] }
    }
}
