//! The query string of a handshake.

use percent_encoding::percent_decode_str;

use crate::fields::Fields;

/// Decoded parameters. It holds tokens, so it is never printed.
#[derive(Clone, Default)]
pub(crate) struct Query(Fields);

impl Query {
    /// Splits at `&` and the first `=`, and decodes each part exactly once; `+` is a blank.
    pub(crate) fn parse(query: &str) -> Self {
        let mut fields = Fields::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            fields.add(decode(name), decode(value), |a, b| a == b);
        }
        Self(fields)
    }

    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.0.last(name)
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.0
    }
}

fn decode(part: &str) -> String {
    percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded_exactly_once() {
        let query = Query::parse("token=a%2Eb%252E&na%6De=%C3%A9+x%2B&flag&=v&&e=");
        assert_eq!(query.last("token"), Some("a.b%2E"));
        assert_eq!(query.last("name"), Some("é x+"));
        assert_eq!(query.last("flag"), Some(""));
        assert_eq!(query.last("e"), Some(""));
        assert_eq!(query.last(""), Some("v"));
        assert_eq!(query.last("absent"), None);
    }

    #[test]
    fn a_value_may_hold_equals_signs() {
        assert_eq!(Query::parse("id=PJqB0fHsqRcCHlw=").last("id"), Some("PJqB0fHsqRcCHlw="));
    }

    #[test]
    fn of_a_repeated_name_the_last_value_counts_and_all_are_kept() {
        let query = Query::parse("a=1&b=2&a=3");
        assert_eq!(serde_json::json!(query.fields().single()), serde_json::json!({"a": "3", "b": "2"}));
        assert_eq!(serde_json::json!(query.fields().multi()), serde_json::json!({"a": ["1", "3"], "b": ["2"]}));
    }
}
