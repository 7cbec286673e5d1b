//! The sub-protocol of a WebSocket, RFC 6455 section 1.9: the client offers some, `$connect`'s answer names one of them.

use serde_json::{Map, Value};

pub(crate) const HEADER: &str = "sec-websocket-protocol";

/// The protocol that a function's answer names by its headers, with no white space around it.
pub(crate) fn named_by(answer: &Map<String, Value>) -> Option<String> {
    let headers = answer.get("headers")?.as_object()?;
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(HEADER))?;
    value.as_str().map(|name| name.trim().to_owned())
}

/// Whether a client offers a protocol, by the values of its headers: lists with commas between, white space around.
pub(crate) fn is_offered<'a>(name: &str, mut offers: impl Iterator<Item = &'a str>) -> bool {
    is_token(name) && offers.any(|list| list.split(',').any(|offer| offer.trim() == name))
}

/// RFC 9110 section 5.6.2. Nothing else may stand in the 101.
fn is_token(name: &str) -> bool {
    let is_mark = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_protocol_is_named_by_the_header_in_any_case() {
        for (answer, name) in [
            (json!({"headers": {"Sec-WebSocket-Protocol": "v1"}}), Some("v1")),
            (json!({"headers": {"sec-websocket-protocol": " v1\t"}}), Some("v1")),
            (json!({"headers": {"SEC-WEBSOCKET-PROTOCOL": "v1, v2"}}), Some("v1, v2")),
            (json!({"headers": {"Sec-WebSocket-Protocol": 1}}), None),
            (json!({"headers": {"Sec-WebSocket-Version": "13"}}), None),
            (json!({"headers": null}), None),
            (json!({"headers": "Sec-WebSocket-Protocol"}), None),
            (json!({}), None),
        ] {
            let named = answer.as_object().and_then(named_by);
            assert_eq!(named.as_deref(), name, "{answer}");
        }
    }

    #[test]
    fn an_offer_is_one_of_a_list_exactly() {
        for (name, offers, offered) in [
            ("v2", &["v1, v2"][..], true),
            ("v2", &["v1,v2"], true),
            ("v2", &["v1 ,\tv2 , v3"], true),
            ("v2", &["v1", "v2"], true),
            ("v1", &["v1"], true),
            ("V1", &["v1"], false),
            ("v", &["v1"], false),
            ("v1, v2", &["v1, v2"], false),
            ("", &["v1,,v2"], false),
            ("v1", &[], false),
            ("é", &["é"], false),
            ("a b", &["a b"], false),
        ] {
            assert_eq!(is_offered(name, offers.iter().copied()), offered, "{name:?} of {offers:?}");
        }
    }
}
