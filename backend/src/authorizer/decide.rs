//! Allow or deny.

use std::fmt;

use serde_json::Map;

use super::{Refuse, context::to_context};
use crate::{
    answer::{AuthorizerAnswer, PolicyDocument},
    clock::Millis,
    event::Event,
    jwt::{Refusal, Verified, Verifier},
    logging::shown,
};

/// The principal of a Deny answer: without one the gateway answers 500 instead of 403.
const NOBODY: &str = "anonymous";

/// The authorizer as the app runs it.
pub(crate) struct Decide {
    pub(super) verifier: Verifier,
    pub(super) parameter: String,
    pub(super) pass: Vec<String>,
    pub(super) refuse: Vec<Refuse>,
}

impl Decide {
    pub(crate) async fn decide(&self, event: &Event, now: Millis) -> AuthorizerAnswer {
        match self.allowed(event, now).await {
            Ok(answer) => answer,
            Err(refusal) => {
                let connection = event.request_context.as_ref().and_then(|context| context.connection_id.as_deref());
                tracing::warn!(reason = %refusal, connection = %shown(connection.unwrap_or_default()), "refused");
                AuthorizerAnswer {
                    principal_id: NOBODY.to_owned(),
                    policy_document: PolicyDocument::deny(event.method_arn.clone().unwrap_or_else(|| "*".to_owned())),
                    context: Map::new(),
                }
            }
        }
    }

    async fn allowed(&self, event: &Event, now: Millis) -> Result<AuthorizerAnswer, Refusal> {
        let token = self.token(event)?;
        let Verified { user, exp, claims } = self.verifier.verify(token, now).await?;
        if self.refuse.iter().any(|refuse| refuse(&claims)) {
            return Err(Refusal::Application);
        }
        // The policy's `Resource` takes wildcards, so an ARN that has some would allow more than this one connection.
        let method = event
            .method_arn
            .as_ref()
            .filter(|arn| !arn.is_empty() && !arn.contains(['*', '?']))
            .ok_or(Refusal::Method)?;
        Ok(AuthorizerAnswer {
            principal_id: user,
            policy_document: PolicyDocument::allow(method.clone()),
            context: to_context(&claims, &self.pass, exp),
        })
    }

    /// The one token of the query string. A second one is refused: which of them counts differs between gateways.
    fn token<'e>(&self, event: &'e Event) -> Result<&'e str, Refusal> {
        let repeated = event
            .multi_value_query_string_parameters
            .as_ref()
            .and_then(|all| all.get(&self.parameter)?.as_array())
            .is_some_and(|values| values.len() > 1);
        if repeated {
            return Err(Refusal::Repeated);
        }
        event
            .query_string_parameters
            .as_ref()
            .and_then(|all| all.get(&self.parameter)?.as_str())
            .filter(|token| !token.is_empty())
            .ok_or(Refusal::Missing)
    }
}

impl fmt::Debug for Decide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decide")
            .field("verifier", &self.verifier)
            .field("parameter", &self.parameter)
            .field("pass", &self.pass)
            .finish_non_exhaustive()
    }
}
