//! The query string of a handshake.

use percent_encoding::percent_decode_str;

use crate::fields::{Fields, Multi, Single};
use crate::silent::RepeatedQuery;

/// Decoded parameters. It holds tokens, so it is never printed.
#[derive(Clone, Default)]
pub(crate) struct Query {
    all: Fields,
    /// One value of each name, where that is not the last.
    chosen: Option<Fields>,
}

impl Query {
    /// Splits at `&` and the first `=`, and decodes each part exactly once; `+` is a blank.
    pub(crate) fn parse(query: &str, repeated: RepeatedQuery) -> Self {
        let mut all = Fields::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            all.add(decode(name), decode(value), |a, b| a == b);
        }
        let chosen = match repeated {
            RepeatedQuery::Last => None,
            RepeatedQuery::First => Some(all.reduced(|values| values.first().cloned().unwrap_or_default())),
            RepeatedQuery::Joined => Some(all.reduced(|values| values.join(","))),
        };
        Self { all, chosen }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The one value of a name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.chosen.as_ref().unwrap_or(&self.all).last(name)
    }

    /// As an object of name to its one value.
    pub(crate) fn single(&self) -> Single<'_> {
        self.chosen.as_ref().unwrap_or(&self.all).single()
    }

    /// As an object of name to array of values.
    pub(crate) fn multi(&self) -> Multi<'_> {
        self.all.multi()
    }
}

fn decode(part: &str) -> String {
    percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Query {
        Query::parse(query, RepeatedQuery::Last)
    }

    #[test]
    fn parts_are_decoded_exactly_once() {
        let query = parse("token=a%2Eb%252E&na%6De=%C3%A9+x%2B&flag&=v&&e=");
        assert_eq!(query.value("token"), Some("a.b%2E"));
        assert_eq!(query.value("name"), Some("é x+"));
        assert_eq!(query.value("flag"), Some(""));
        assert_eq!(query.value("e"), Some(""));
        assert_eq!(query.value(""), Some("v"));
        assert_eq!(query.value("absent"), None);
    }

    #[test]
    fn a_value_may_hold_equals_signs() {
        assert_eq!(parse("id=PJqB0fHsqRcCHlw=").value("id"), Some("PJqB0fHsqRcCHlw="));
    }

    #[test]
    fn of_a_repeated_name_the_last_value_counts_and_all_are_kept() {
        let query = parse("a=1&b=2&a=3");
        assert_eq!(serde_json::json!(query.single()), serde_json::json!({"a": "3", "b": "2"}));
        assert_eq!(serde_json::json!(query.multi()), serde_json::json!({"a": ["1", "3"], "b": ["2"]}));
    }
    #[test]
    fn another_value_of_a_repeated_name_can_be_chosen() {
        for (rule, chosen) in [(RepeatedQuery::Last, "3"), (RepeatedQuery::First, "1"), (RepeatedQuery::Joined, "1,,3")]
        {
            let query = Query::parse("a=1&b=2&a=&a=3", rule);
            assert_eq!(query.value("a"), Some(chosen));
            assert_eq!(serde_json::json!(query.single()), serde_json::json!({"a": chosen, "b": "2"}));
            assert_eq!(serde_json::json!(query.multi()), serde_json::json!({"a": ["1", "", "3"], "b": ["2"]}));
        }
    }
}
