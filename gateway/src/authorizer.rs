//! The REQUEST authorizer: its identity sources, and what its answer means (AWS: *Lambda authorizers*).

use std::sync::Arc;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::config::MAX_AUTHORIZER_ANSWER_BYTES;
use crate::function::Function;
use crate::identity::IdentitySource;
use crate::policy::PolicyDocument;

pub(crate) struct Authorizer {
    pub(crate) function: Arc<dyn Function>,
    /// The function runs only if all are present.
    pub(crate) sources: Vec<IdentitySource>,
}

/// Whom the authorizer let in: `requestContext.authorizer` of every later event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthorizerContext {
    principal_id: Box<str>,
    context: FlatContext,
}

/// Keys and their values as text.
type FlatContext = Box<[(Box<str>, Box<str>)]>;

impl AuthorizerContext {
    pub(crate) fn principal_id(&self) -> &str {
        &self.principal_id
    }

    /// As an object: `principalId`, `integrationLatency` (milliseconds, a number, only where it is known), and the
    /// context's keys flat beside them.
    pub(crate) fn serialize<S: Serializer>(&self, latency: Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("principalId", &self.principal_id)?;
        if let Some(latency) = latency {
            map.serialize_entry("integrationLatency", &latency)?;
        }
        for (key, value) in &self.context {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for AuthorizerContext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(None, serializer)
    }
}

/// What an answer says about the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allow(AuthorizerContext),
    Deny,
}

/// An answer that says nothing about the client because it is not a valid one. Its texts name no value of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidAnswer {
    #[error("the authorizer's answer has {0} bytes, more than 8192")]
    TooLarge(usize),
    #[error("the authorizer's answer is not a JSON object")]
    NotAnObject,
    #[error("the authorizer's answer has no principalId, or it is not a string")]
    NoPrincipal,
    #[error(
        "the authorizer's answer has no policyDocument, or it is not a policy of statements with Effect, Action and \
         Resource alone"
    )]
    NoPolicy,
    #[error("the authorizer's context is not an object")]
    ContextNotAnObject,
    #[error("the authorizer's context has an object or array at {0:?}: only strings, numbers and booleans are allowed")]
    NestedContext(String),
    #[error("the authorizer's answer has a null at {0:?}, and refuse_nulls is on")]
    Null(String),
}

/// Reads an answer and evaluates its policy for the method.
pub(crate) fn decide(answer: &[u8], method_arn: &str, refuse_nulls: bool) -> Result<Decision, InvalidAnswer> {
    if answer.len() > MAX_AUTHORIZER_ANSWER_BYTES {
        return Err(InvalidAnswer::TooLarge(answer.len()));
    }
    let Ok(Value::Object(mut answer)) = serde_json::from_slice(answer) else {
        return Err(InvalidAnswer::NotAnObject);
    };
    if refuse_nulls {
        let context = answer.get("context").and_then(Value::as_object).into_iter().flatten();
        if let Some((key, _)) = answer.iter().chain(context).find(|(_, value)| value.is_null()) {
            return Err(InvalidAnswer::Null(key.clone()));
        }
    }
    let Some(Value::String(principal_id)) = answer.remove("principalId") else {
        return Err(InvalidAnswer::NoPrincipal);
    };
    let policy: PolicyDocument = answer
        .remove("policyDocument")
        .and_then(|document| serde_json::from_value(document).ok())
        .ok_or(InvalidAnswer::NoPolicy)?;
    let context = flatten(answer.remove("context"))?;
    if !policy.allows(method_arn) {
        return Ok(Decision::Deny);
    }
    Ok(Decision::Allow(AuthorizerContext { principal_id: principal_id.into(), context }))
}

/// The context with every value as a string. Nulls are dropped, and the two keys that the gateway sets itself.
fn flatten(context: Option<Value>) -> Result<FlatContext, InvalidAnswer> {
    let context = match context {
        None | Some(Value::Null) => return Ok(Box::default()),
        Some(Value::Object(context)) => context,
        Some(_) => return Err(InvalidAnswer::ContextNotAnObject),
    };
    let mut flat = Vec::with_capacity(context.len());
    for (key, value) in context {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => return Err(InvalidAnswer::NestedContext(key)),
        };
        if !matches!(key.as_str(), "principalId" | "integrationLatency") {
            flat.push((key.into(), text.into()));
        }
    }
    Ok(flat.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect";

    fn decide_about(answer: &Value) -> Result<Decision, InvalidAnswer> {
        decide(answer.to_string().as_bytes(), ARN, false)
    }

    fn answer(effect: &str, context: Value) -> Value {
        json!({
            "principalId": "user-1",
            "policyDocument": {"Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": effect, "Resource": ARN}
            ]},
            "context": context,
        })
    }

    #[test]
    fn the_context_is_flat_and_of_strings() {
        let context = json!({"tenant": "t9", "exp": 1_701_248_641, "admin": true, "ratio": 0.5, "nothing": null});
        let Decision::Allow(context) = decide_about(&answer("Allow", context)).unwrap() else { panic!("denied") };
        assert_eq!(
            serde_json::to_value(&context).unwrap(),
            json!({"principalId": "user-1", "tenant": "t9", "exp": "1701248641", "admin": "true", "ratio": "0.5"})
        );
    }

    #[test]
    fn the_latency_is_a_number() {
        let Decision::Allow(context) = decide_about(&answer("Allow", Value::Null)).unwrap() else { panic!("denied") };
        let mut json = Vec::new();
        context.serialize(Some(412), &mut serde_json::Serializer::new(&mut json)).unwrap();
        assert_eq!(json, br#"{"principalId":"user-1","integrationLatency":412}"#);
    }

    #[test]
    fn the_context_cannot_replace_the_principal() {
        let context = json!({"principalId": "root", "integrationLatency": 1});
        let Decision::Allow(context) = decide_about(&answer("Allow", context)).unwrap() else { panic!("denied") };
        assert_eq!(serde_json::to_value(&context).unwrap(), json!({"principalId": "user-1"}));
    }

    #[test]
    fn a_deny_denies() {
        assert_eq!(decide_about(&answer("Deny", json!({}))), Ok(Decision::Deny));
    }

    #[test]
    fn an_answer_that_is_not_valid_is_told_apart_from_a_deny() {
        let policy = answer("Allow", json!({}))["policyDocument"].clone();
        let rows = [
            (json!([]), InvalidAnswer::NotAnObject),
            (json!({"statusCode": 401}), InvalidAnswer::NoPrincipal),
            (json!({"policyDocument": policy}), InvalidAnswer::NoPrincipal),
            (json!({"principalId": 7, "policyDocument": policy}), InvalidAnswer::NoPrincipal),
            (json!({"principalId": "u"}), InvalidAnswer::NoPolicy),
            (json!({"principalId": "u", "policyDocument": {}}), InvalidAnswer::NoPolicy),
            (json!({"isAuthorized": true}), InvalidAnswer::NoPrincipal),
            (answer("Allow", json!([1])), InvalidAnswer::ContextNotAnObject),
            (answer("Allow", json!({"a": {}})), InvalidAnswer::NestedContext("a".to_owned())),
            (answer("Allow", json!({"a": []})), InvalidAnswer::NestedContext("a".to_owned())),
        ];
        for (answer, error) in rows {
            assert_eq!(decide_about(&answer), Err(error), "{answer}");
        }
    }

    #[test]
    fn an_answer_has_at_most_8_kb() {
        let fits = |fill: usize| decide_about(&answer("Allow", json!({"fill": "x".repeat(fill)})));
        let frame = answer("Allow", json!({"fill": ""})).to_string().len();
        assert!(fits(8192 - frame).is_ok());
        assert_eq!(fits(8193 - frame), Err(InvalidAnswer::TooLarge(8193)));
    }
}
