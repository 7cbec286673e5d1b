//! Evaluation of the IAM policy that an authorizer returns (AWS: *Output from a Lambda authorizer*, IAM: *Policy
//! evaluation logic*).

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

const INVOKE: &str = "execute-api:Invoke";

/// A policy document.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct PolicyDocument(Object<Elements>);

/// The elements of a document that decide about an invocation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Elements {
    statement: OneOrMany<Object<Statement>>,
}

/// Elements beyond these (`Condition`, `NotAction`, `NotResource`) are refused, not ignored: ignoring one could allow
/// what the author meant to deny.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    effect: Effect,
    action: OneOrMany<String>,
    resource: OneOrMany<String>,
    #[serde(rename = "Sid")]
    _sid: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

/// A JSON object. A struct alone would take an array too, its elements by their places.
#[derive(Debug)]
struct Object<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Map::<String, Value>::deserialize(deserializer)?;
        T::deserialize(Value::Object(object)).map(Self).map_err(D::Error::custom)
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl PolicyDocument {
    /// Whether the policy lets the method be invoked: denied unless allowed, and a matching Deny wins.
    pub(crate) fn allows(&self, method_arn: &str) -> bool {
        let mut allowed = false;
        let statements = self.0.0.statement.as_slice().iter().map(|Object(statement)| statement);
        for statement in statements.filter(|statement| statement.covers(method_arn)) {
            match statement.effect {
                Effect::Deny => return false,
                Effect::Allow => allowed = true,
            }
        }
        allowed
    }
}

impl Statement {
    fn covers(&self, method_arn: &str) -> bool {
        let actions = self.action.as_slice();
        let resources = self.resource.as_slice();
        // Actions do not distinguish case, resources do.
        actions.iter().any(|action| matches(&action.to_ascii_lowercase(), &INVOKE.to_ascii_lowercase()))
            && resources.iter().any(|resource| matches(resource, method_arn))
    }
}

/// Wildcard match: `*` stands for any run of characters, `/` and `:` included, `?` for one character; everything else is
/// literal, `$` too. Takes at most pattern × text steps.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to resume when a literal fails: behind the last star, with one more character taken by it.
    let mut resume: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                p += 1;
                resume = Some((p, t));
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut resume {
                Some((star, taken)) => {
                    *taken += 1;
                    (p, t) = (*star, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect";

    fn policy(statements: serde_json::Value) -> PolicyDocument {
        serde_json::from_value(json!({"Version": "2012-10-17", "Statement": statements})).unwrap()
    }

    fn allow(resource: &str) -> PolicyDocument {
        policy(json!([{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}]))
    }

    #[test]
    fn resources_match_with_wildcards() {
        let base = "arn:aws:execute-api:us-east-1:123456789012:abcdef123";
        for (resource, allowed) in [
            (ARN.to_owned(), true),
            (format!("{base}/prod/*"), true),
            (format!("{base}/*/$connect"), true),
            (format!("{base}/*"), true),
            ("*".to_owned(), true),
            ("**".to_owned(), true),
            ("arn:aws:execute-api:*".to_owned(), true),
            (format!("{base}/prod/?connect"), true),
            (format!("{base}/pr?d/$connect"), true),
            (format!("{base}/prod/$connect*"), true),
            // The REST mistake: there is no second slash.
            (format!("{base}/prod/*/*"), false),
            (format!("{base}/prod/$connect?"), false),
            (format!("{base}/prod/connect"), false),
            (format!("{base}/prod/.connect"), false),
            (format!("{base}/prod/$CONNECT"), false),
            (format!("{base}/dev/*"), false),
            ("?".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(allow(&resource).allows(ARN), allowed, "{resource}");
        }
    }

    #[test]
    fn actions_must_cover_invoke() {
        for (action, allowed) in [
            (json!("execute-api:Invoke"), true),
            (json!("execute-api:invoke"), true),
            (json!("execute-api:*"), true),
            (json!("*"), true),
            (json!(["s3:GetObject", "execute-api:Invoke"]), true),
            (json!("execute-api:ManageConnections"), false),
            (json!("s3:*"), false),
            (json!([]), false),
        ] {
            let policy = policy(json!([{"Effect": "Allow", "Action": action, "Resource": "*"}]));
            assert_eq!(policy.allows(ARN), allowed, "{action}");
        }
    }

    #[test]
    fn a_matching_deny_wins_in_any_order() {
        let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let deny = json!({"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": [ARN]});
        assert!(!policy(json!([allow, deny])).allows(ARN));
        assert!(!policy(json!([deny, allow])).allows(ARN));
    }

    #[test]
    fn a_deny_of_something_else_does_not_matter() {
        let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let deny = json!({"Effect": "Deny", "Action": "*", "Resource": "arn:aws:execute-api:*/prod/sendMessage"});
        assert!(policy(json!([deny, allow])).allows(ARN));
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        assert!(!policy(json!([])).allows(ARN));
    }

    #[test]
    fn one_statement_may_stand_without_an_array() {
        assert!(policy(json!({"Effect": "Allow", "Action": "*", "Resource": "*"})).allows(ARN));
    }

    #[test]
    fn what_cannot_be_evaluated_is_not_a_policy() {
        for statement in [
            json!([{"Effect": "allow", "Action": "*", "Resource": "*"}]),
            json!([{"Effect": "Allow", "Resource": "*"}]),
            json!([{"Effect": "Allow", "Action": "*"}]),
            json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}}]),
            json!([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]),
            json!("Allow"),
            // Elements without names.
            json!(["Allow", "*", "*", null]),
            json!([["Allow", "*", "*", null]]),
        ] {
            let document = json!({"Statement": statement});
            assert!(serde_json::from_value::<PolicyDocument>(document).is_err(), "{statement}");
        }
        let without_a_name = json!([[{"Effect": "Allow", "Action": "*", "Resource": "*"}]]);
        assert!(serde_json::from_value::<PolicyDocument>(without_a_name).is_err());
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = "*a".repeat(2000);
        let text = "a".repeat(4000) + "b";
        assert!(!matches(&pattern, &text));
    }

    /// The definition of the wildcards, without any cleverness.
    fn matches_by_definition(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], _) => (0..=text.len()).any(|taken| matches_by_definition(rest, &text[taken..])),
            ([p, rest @ ..], [t, text @ ..]) => (*p == '?' || p == t) && matches_by_definition(rest, text),
            (_, []) => false,
        }
    }

    proptest::proptest! {
        #[test]
        fn wildcards_match_as_they_are_defined(pattern in "[ab*?]{0,8}", text in "[ab*?]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            proptest::prop_assert_eq!(
                matches(&pattern, &text),
                matches_by_definition(&chars(&pattern), &chars(&text))
            );
        }
    }
}
