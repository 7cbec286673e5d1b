//! Comparison with an expected event: volatile values are given by their shape, `"<id>"`, or by shape and name,
//! `"<id:connection>"`, which must then be the same wherever the name stands.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

#[derive(Default)]
pub(crate) struct Shapes {
    named: HashMap<String, Value>,
}

impl Shapes {
    /// Gives `"<name>"` a value beforehand.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.named.insert(name.to_owned(), value.into());
        self
    }

    /// Compares an event with a file of `tests/events`.
    pub(crate) fn assert(&mut self, event: &Value, expected: &str) {
        let expected: Value = serde_json::from_str(expected).unwrap();
        self.compare(event, &expected, "event");
    }

    fn compare(&mut self, actual: &Value, expected: &Value, at: &str) {
        match (actual, expected) {
            (Value::Object(actual), Value::Object(expected)) => {
                let keys = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
                assert_eq!(keys(actual), keys(expected), "keys of {at}");
                for (key, expected) in expected {
                    self.compare(&actual[key], expected, &format!("{at}.{key}"));
                }
            }
            (Value::Array(actual), Value::Array(expected)) => {
                assert_eq!(actual.len(), expected.len(), "length of {at}");
                for (actual, expected) in actual.iter().zip(expected) {
                    self.compare(actual, expected, at);
                }
            }
            (_, Value::String(pattern)) if pattern.starts_with('<') => self.compare_shape(actual, pattern, at),
            _ => assert_eq!(actual, expected, "{at}"),
        }
    }

    fn compare_shape(&mut self, actual: &Value, pattern: &str, at: &str) {
        let inner = pattern.trim_start_matches('<').trim_end_matches('>');
        let (shape, name) = inner.split_once(':').unwrap_or((inner, inner));
        let fits = match shape {
            "id" => actual.as_str().is_some_and(is_id),
            "trace" => actual.as_str().is_some_and(is_trace),
            "time" => actual.as_str().is_some_and(is_request_time),
            // Between 2020 and 2100, so that seconds or microseconds do not pass.
            "millis" => actual.as_u64().is_some_and(|millis| (1_577_836_800_000..4_102_444_800_000).contains(&millis)),
            "number" => return assert!(actual.is_u64(), "{at} is no number: {actual}"),
            _ => self.named.contains_key(name),
        };
        assert!(fits, "{at} is not {pattern}: {actual}");
        let known = self.named.entry(name.to_owned()).or_insert_with(|| actual.clone());
        assert_eq!(actual, known, "{at} differs from an earlier {pattern}");
    }
}

fn is_id(text: &str) -> bool {
    let alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.len() == 16 && text.strip_suffix('=').is_some_and(|rest| rest.chars().all(alphabet))
}

fn is_trace(text: &str) -> bool {
    let hex = |part: &str, length| part.len() == length && part.chars().all(|c| c.is_ascii_hexdigit());
    text.strip_prefix("Root=1-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(seconds, random)| hex(seconds, 8) && hex(random, 24))
}

/// `29/Nov/2023:08:04:01 +0000`
fn is_request_time(text: &str) -> bool {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let pattern: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    months.iter().any(|month| pattern == format!("99/{month}/9999:99:99:99 +9999"))
}
