//! Route selection by `$request.body.action` (AWS: *Create routes for WebSocket APIs*).

use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

const KEY: &str = "action";

/// The route key that a message's body asks for: the value at `action`, as text. None if the body is no JSON object or
/// has nothing there; then `$default` takes it.
pub(crate) fn select(body: &str) -> Option<String> {
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let action = deserializer.deserialize_map(ActionOnly).ok()?;
    // Whatever follows the object makes the body no JSON.
    deserializer.end().ok()?;
    match action? {
        // Nothing is resolved by a null (ours: AWS does not say).
        Value::Null => None,
        value => Some(stringify(value)),
    }
}

/// A value as the expression's text: `5`, `true`, `[item1, item2]`.
fn stringify(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().map(stringify).collect();
            format!("[{}]", items.join(", "))
        }
        // Numbers and booleans as they are; objects as JSON (ours: AWS does not say).
        other => other.to_string(),
    }
}

/// Reads one key of an object and skips the rest without building it.
struct ActionOnly;

impl<'de> Visitor<'de> for ActionOnly {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut action = None;
        while let Some(is_action) = map.next_key::<Key>()? {
            if is_action.0 {
                action = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(action)
    }
}

/// Whether a key is the one that counts, without keeping its text.
struct Key(bool);

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(Key(name == KEY))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_is_the_route_key() {
        for (body, selected) in [
            (r#"{"action":"sendMessage","text":"hi"}"#, "sendMessage"),
            (r#" { "text" : {"action":"inner"}, "action" : "outer" } "#, "outer"),
            (r#"{"action":"orders.get"}"#, "orders.get"),
            (r#"{"action":"caf\u00e9"}"#, "café"),
            (r#"{"\u0061ction":"escaped"}"#, "escaped"),
            (r#"{"action":"a","action":"b"}"#, "b"),
            (r#"{"action":"$connect"}"#, "$connect"),
            (r#"{"action":""}"#, ""),
        ] {
            assert_eq!(select(body).as_deref(), Some(selected), "{body}");
        }
    }

    #[test]
    fn a_value_that_is_no_string_is_written_as_text() {
        for (body, selected) in [
            (r#"{"action":5}"#, "5"),
            (r#"{"action":-1.5}"#, "-1.5"),
            (r#"{"action":true}"#, "true"),
            (r#"{"action":["item1","item2"]}"#, "[item1, item2]"),
            (r#"{"action":[1,[true,null]]}"#, "[1, [true, null]]"),
            (r#"{"action":[]}"#, "[]"),
            (r#"{"action":{"a":1}}"#, r#"{"a":1}"#),
        ] {
            assert_eq!(select(body).as_deref(), Some(selected), "{body}");
        }
    }

    #[test]
    fn nothing_is_selected_without_an_object_with_an_action() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let deep_action = format!(r#"{{"action":{deep}}}"#);
        for body in [
            "",
            " ",
            "null",
            "5",
            r#""action""#,
            r#"["action"]"#,
            "{}",
            r#"{"Action":"x"}"#,
            r#"{"action":null}"#,
            "{",
            "{]",
            r#"{"action":"x""#,
            r#"{"action":"x"} trailing"#,
            r#"{"action":"x"}{}"#,
            "\u{feff}{\"action\":\"x\"}",
            "\0",
            "hello",
            r#"{"action":1e400}"#,
            &deep,
            &deep_action,
        ] {
            assert_eq!(select(body), None, "{:?}", &body[..body.len().min(40)]);
        }
    }

    #[test]
    fn a_deep_value_elsewhere_does_not_hide_the_action() {
        let body = format!(r#"{{"data":{}{},"action":"x"}}"#, "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(select(&body).as_deref(), Some("x"));
    }

    proptest::proptest! {
        #[test]
        fn skipping_the_rest_finds_what_reading_all_finds(body in r#"[{}\[\]":,a1 \\]{0,12}|\{("action"|"a"):("a"|1|null|\{"action":1\}),("action"|"b"):("b"|\[2\]|true)\}"#) {
            let whole = serde_json::from_str::<Value>(&body).ok();
            let expected = whole.as_ref().and_then(|whole| whole.as_object()?.get("action").cloned());
            proptest::prop_assert_eq!(select(&body), expected.filter(|value| !value.is_null()).map(stringify));
        }
    }
}
