//! Claims through API Gateway and back.
//!
//! The authorizer's context holds flat strings only. A string claim travels as it is, so that handlers in other languages can use it; any
//! other claim travels as JSON text, and [`MARKER`] names those: a string that merely looks like a list must not become one.

use serde_json::{Map, Value};

use crate::jwt::Claims;

/// The context key that lists, separated by blanks, the claims that are JSON text.
const MARKER: &str = "everwireJson";

/// Keys that API Gateway puts beside the context's own.
const RESERVED: [&str; 2] = ["principalId", "integrationLatency"];

/// Whether a claim of this name can travel.
pub(super) fn is_passable(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_whitespace) && name != MARKER && !RESERVED.contains(&name)
}

/// The context that carries these claims, and `exp` as a string of seconds.
pub(super) fn to_context(claims: &Claims, pass: &[String], exp: u64) -> Map<String, Value> {
    let mut context = Map::new();
    let mut as_json = Vec::new();
    for (name, claim) in pass.iter().filter_map(|name| Some((name, claims.get(name)?))) {
        let text = match claim {
            Value::String(text) => text.clone(),
            other => {
                as_json.push(name.as_str());
                other.to_string()
            }
        };
        context.insert(name.clone(), text.into());
    }
    if !as_json.is_empty() {
        context.insert(MARKER.to_owned(), as_json.join(" ").into());
    }
    context.insert("exp".to_owned(), exp.to_string().into());
    context
}

/// The claims in `requestContext.authorizer`; those of a foreign authorizer are taken as they come.
pub(crate) fn from_context(authorizer: &Map<String, Value>) -> Claims {
    let marked = authorizer.get(MARKER).and_then(Value::as_str).unwrap_or_default();
    let is_json = |name: &str| name == "exp" || marked.split(' ').any(|one| one == name);
    let claims: Map<String, Value> = authorizer
        .iter()
        .filter(|(name, _)| name.as_str() != MARKER && !RESERVED.contains(&name.as_str()))
        .map(|(name, value)| {
            let parsed = value.as_str().filter(|_| is_json(name)).and_then(|text| serde_json::from_str(text).ok());
            (name.clone(), parsed.unwrap_or_else(|| value.clone()))
        })
        .collect();
    claims.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        value.as_object().cloned().unwrap_or_default().into()
    }

    #[test]
    fn claims_survive_the_way_through_strings() {
        let sent = claims(json!({
            "exp": 1_701_248_641_u64, "tenant": "t9", "admin": true, "level": 3, "rooms": ["a", "b"], "nested": {"x": [1, null]}, "none": null,
            "nick": "[\"admin\"]", "left": "out"
        }));
        let pass = ["tenant", "admin", "level", "rooms", "nested", "none", "nick", "absent", "exp"].map(str::to_owned);
        let mut context = to_context(&sent, &pass, 1_701_248_641);
        assert!(context.values().all(Value::is_string), "{context:?}");
        assert_eq!(context["tenant"], "t9");
        assert_eq!(context["exp"], "1701248641");

        context.insert("principalId".to_owned(), "user-1".into());
        context.insert("integrationLatency".to_owned(), 412.into());
        let back = from_context(&context);
        for name in ["tenant", "admin", "level", "rooms", "nested", "none", "nick", "exp"] {
            assert_eq!(back.get(name), sent.get(name), "{name}");
        }
        for name in ["left", "absent", "principalId", "integrationLatency", MARKER] {
            assert_eq!(back.get(name), None, "{name}");
        }
        assert!(back.has("rooms", "b"));
        assert!(!back.has("nick", "admin"), "a string that looks like a list is still a string");
    }

    #[test]
    fn a_foreign_context_is_taken_as_it_comes() {
        let context = json!({ "principalId": "u", "tenant": "t9", "n": "5", "exp": "soon", "everwireJson": "tenant" });
        let back = from_context(context.as_object().unwrap_or(&Map::new()));
        assert_eq!(back.str("tenant"), Some("t9"));
        assert_eq!(back.str("n"), Some("5"));
        assert_eq!(back.str("exp"), Some("soon"));
    }

    #[test]
    fn names_that_cannot_travel_are_known() {
        for name in ["", "a b", "a\tb", "principalId", "integrationLatency", MARKER] {
            assert!(!is_passable(name), "{name:?}");
        }
        assert!(is_passable("https://example.com/roles"));
    }
}
