//! Route selection expressions (AWS: *WebSocket selection expressions*).

mod body;

use std::str::FromStr;

use serde_json::Value;

use crate::error::BuildError;

const VARIABLE: &str = "request.body.";

/// An expression that makes a route key of a message's body: `$request.body.action`,
/// `${request.body.service}/${request.body.action}`, static text, `\$default`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The keys from the body's top to a value.
    Body(Vec<String>),
}

impl FromStr for Selection {
    type Err = BuildError;

    fn from_str(expression: &str) -> Result<Self, Self::Err> {
        let invalid = |why| BuildError::InvalidSelection { expression: expression.to_owned(), why };
        if expression.is_empty() {
            return Err(invalid("it is empty"));
        }
        // Without braces a variable is the whole expression: where it would end within a text is a guess.
        if let Some(path) = expression.strip_prefix('$').filter(|rest| !rest.starts_with('{')) {
            return Ok(Self(vec![Part::Body(path_of(path).map_err(invalid)?)]));
        }
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = expression;
        while let Some(next) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix(r"\$") {
                text.push('$');
                rest = after;
            } else if let Some(after) = rest.strip_prefix("${") {
                let (path, after) = after.split_once('}').ok_or_else(|| invalid("a brace is not closed"))?;
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Body(path_of(path).map_err(invalid)?));
                rest = after;
            } else if next == '$' {
                return Err(invalid(r"a variable within a text needs braces, a dollar sign a backslash: \$"));
            } else {
                text.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(Self(parts))
    }
}

/// The keys of `request.body.a.b`.
fn path_of(variable: &str) -> Result<Vec<String>, &'static str> {
    let path = variable.strip_prefix(VARIABLE).ok_or("only request.body.KEY can select a route")?;
    let keys: Vec<_> = path.split('.').map(str::to_owned).collect();
    if keys.iter().any(|key| key.is_empty() || key.contains(['{', '}', '$', '[', ']'])) {
        return Err("a path is of keys with dots between them, as request.body.a.b");
    }
    Ok(keys)
}

impl Selection {
    /// The route key that a message's body asks for. None if the expression reads the body and that is no JSON object, or
    /// if it is one variable that has no value; then `$default` takes the message. Among other parts a variable without
    /// value is the empty text.
    pub(crate) fn select(&self, body: &str) -> Option<String> {
        if let [Part::Body(path)] = self.0.as_slice() {
            return value_at(body, path).ok()?.map(stringify);
        }
        let mut key = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => key.push_str(text),
                Part::Body(path) => key.push_str(&value_at(body, path).ok()?.map(stringify).unwrap_or_default()),
            }
        }
        Some(key)
    }
}

/// The value at a path that is not null: nothing is resolved by a null (ours: AWS does not say).
fn value_at(body: &str, path: &[String]) -> serde_json::Result<Option<Value>> {
    Ok(body::at(body, path)?.filter(|value| !value.is_null()))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn select(body: &str) -> Option<String> {
        by("$request.body.action", body)
    }

    fn by(expression: &str, body: &str) -> Option<String> {
        expression.parse::<Selection>().unwrap().select(body)
    }

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

    #[test]
    fn expressions_are_composed_of_text_and_variables() {
        let body = r#"{"service":"chat","action":"join","a":{"b":{"c":"deep"},"n":7},"list":["x"]}"#;
        for (expression, selected) in [
            ("${request.body.service}/${request.body.action}", Some("chat/join")),
            ("${request.body.service}${request.body.action}", Some("chatjoin")),
            ("${request.body.action}-${request.body.nope}", Some("join-")),
            ("${request.body.nope}${request.body.nope}", Some("")),
            ("v1.${request.body.a.n}", Some("v1.7")),
            ("$request.body.a.b.c", Some("deep")),
            ("${request.body.a.b.c}", Some("deep")),
            ("$request.body.a.b", Some(r#"{"c":"deep"}"#)),
            ("$request.body.a.b.c.d", None),
            ("$request.body.list.x", None),
            ("$request.body.nope", None),
            ("${request.body.nope}", None),
            ("static", Some("static")),
            (r"\$default", Some("$default")),
            (r"\$${request.body.action}\x", Some(r"$join\x")),
            (r"cost: 5\$", Some("cost: 5$")),
        ] {
            assert_eq!(by(expression, body).as_deref(), selected, "{expression}");
        }
    }

    #[test]
    fn only_an_expression_of_text_selects_for_a_body_that_is_no_json() {
        assert_eq!(by("static", "no json").as_deref(), Some("static"));
        assert_eq!(by("a-${request.body.action}", "no json"), None);
        assert_eq!(by("a-${request.body.action}", "[1]"), None);
    }

    #[test]
    fn an_expression_that_means_nothing_is_refused() {
        for expression in [
            "",
            "$",
            "$default",
            "$request.body",
            "$request.body.",
            "$request.body..a",
            "$request.body.a.",
            "$request.body.a[0]",
            "$request.body.a-$request.body.b",
            "$request.header.action",
            "$context.routeKey",
            "${request.body.a",
            "${}",
            "${request.body.${x}}",
            "a$request.body.b",
            "100$",
        ] {
            let parsed = expression.parse::<Selection>();
            assert!(matches!(parsed, Err(BuildError::InvalidSelection { .. })), "{expression:?}: {parsed:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn skipping_the_rest_finds_what_reading_all_finds(body in r#"[{}\[\]":,a1 \\]{0,12}|\{("action"|"a"):("a"|1|null|\{"action":1\}),("action"|"b"):("b"|\[2\]|true)\}"#) {
            let whole = serde_json::from_str::<Value>(&body).ok();
            let expected = whole.as_ref().and_then(|whole| whole.as_object()?.get("action").cloned());
            proptest::prop_assert_eq!(select(&body), expected.filter(|value| !value.is_null()).map(stringify));
        }

        #[test]
        fn skipping_the_rest_finds_a_nested_value(body in r#"\{("a"|"c"):(\{("b"|"c"):("x"|2|\{"b":"no"\})\}|\["b"\]|"b"|null),("a"|"b"):(\{"b":"last"\}|3)\}"#) {
            let whole = serde_json::from_str::<Value>(&body).ok();
            let expected = whole.as_ref().and_then(|whole| whole.pointer("/a/b").cloned()).map(stringify);
            proptest::prop_assert_eq!(by("$request.body.a.b", &body), expected);
        }
    }
}
