//! Identity sources: what a client must bring for the authorizer to run at all (AWS: *Lambda authorizers*, CreateAuthorizer
//! `identitySource`).

use std::str::FromStr;

use crate::error::BuildError;
use crate::events::Handshake;

/// Where one part of the identity is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdentitySource {
    Query(String),
    Header(String),
    StageVariable(String),
    /// The client's `User-Agent`, as the request context has it.
    UserAgent,
    /// A field of the request context that every handshake has.
    Always,
}

const QUERY: &str = "route.request.querystring.";
const HEADER: &str = "route.request.header.";
const STAGE_VARIABLE: &str = "stageVariables.";
const CONTEXT: &str = "context.";

/// Fields of a handshake's request context, all but `identity.userAgent`.
const CONTEXT_FIELDS: [&str; 13] = [
    "apiId",
    "connectedAt",
    "connectionId",
    "domainName",
    "eventType",
    "extendedRequestId",
    "identity.sourceIp",
    "messageDirection",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "routeKey",
    "stage",
];

impl FromStr for IdentitySource {
    type Err = BuildError;

    /// A text without a known beginning is a query-string key. The spellings of other kinds of API are refused, as AWS
    /// refuses them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let foreign = ["$", "method.", "route.", CONTEXT, STAGE_VARIABLE];
        let source = if let Some(key) = text.strip_prefix(QUERY) {
            Self::Query(key.to_owned())
        } else if let Some(name) = text.strip_prefix(HEADER) {
            Self::Header(name.to_owned())
        } else if let Some(name) = text.strip_prefix(STAGE_VARIABLE) {
            Self::StageVariable(name.to_owned())
        } else if text.strip_prefix(CONTEXT) == Some("identity.userAgent") {
            Self::UserAgent
        } else if text.strip_prefix(CONTEXT).is_some_and(|field| CONTEXT_FIELDS.contains(&field)) {
            Self::Always
        } else if foreign.iter().any(|beginning| text.starts_with(beginning)) {
            return Err(BuildError::InvalidIdentitySource(text.to_owned()));
        } else {
            Self::Query(text.to_owned())
        };
        match &source {
            Self::Query(name) | Self::Header(name) | Self::StageVariable(name) if name.is_empty() => {
                Err(BuildError::InvalidIdentitySource(text.to_owned()))
            }
            _ => Ok(source),
        }
    }
}

impl IdentitySource {
    /// Whether a handshake has it, and it is not empty.
    pub(crate) fn is_present(&self, handshake: Handshake<'_>) -> bool {
        let value = match self {
            Self::Query(key) => handshake.query.value(key),
            Self::Header(name) => handshake.headers.last(name),
            Self::StageVariable(name) => handshake.config.stage_variables.get(name).map(String::as_str),
            Self::UserAgent => handshake.peer.user_agent.as_deref(),
            Self::Always => return true,
        };
        value.is_some_and(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_identity_source_is_spelled_as_for_websocket_apis() {
        let query = |key: &str| IdentitySource::Query(key.to_owned());
        for (text, source) in [
            ("token", query("token")),
            ("route.request.querystring.token", query("token")),
            ("route.request.querystring.a.b", query("a.b")),
            ("route.request.header.Authorization", IdentitySource::Header("Authorization".to_owned())),
            ("stageVariables.tenant", IdentitySource::StageVariable("tenant".to_owned())),
            ("context.identity.userAgent", IdentitySource::UserAgent),
            ("context.identity.sourceIp", IdentitySource::Always),
            ("context.connectionId", IdentitySource::Always),
        ] {
            assert_eq!(text.parse::<IdentitySource>().unwrap(), source);
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "route.request.querystring.",
            "route.request.header.",
            "route.request.body.token",
            "$request.header.Authorization",
            "$request.querystring.token",
            "$context.identity.sourceIp",
            "method.request.header.Authorization",
            "method.request.querystring.token",
            "context.accountId",
            "context.",
            "stageVariables.",
        ] {
            let error = text.parse::<IdentitySource>().unwrap_err();
            assert_eq!(error, BuildError::InvalidIdentitySource(text.to_owned()));
        }
    }
}
