//! Inbound messages: parsed once, by the browser itself, and never decoded further than a few keys.

use std::fmt;

use everwire_protocol::{ACTION, Frame, GATEWAY_ERROR_KEYS, Kind, PONG, RESERVED_PREFIX, TYPE};
use js_sys::{ArrayBuffer, JSON, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// How much of a message that is not JSON an app gets to see, in characters.
const SAMPLE: usize = 80;

/// How much an app gets to see of why a message does not fit its type, in characters.
const EXPLANATION: usize = 200;

/// A run of so many characters without a space may be a token, and is left out of both.
const SECRET: usize = 20;

/// An inbound message as the app gets it.
#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    /// An application event. `name` is a string, or undefined.
    Event { name: JsValue, value: JsValue },
    /// API Gateway's own error frame.
    GatewayError(JsValue),
    /// Not JSON: a bounded sample without anything that could be a token.
    Unparseable(String),
    /// An `ArrayBuffer`. API Gateway never sends one, another server may.
    Binary(JsValue),
}

/// Decodes what a socket delivered. Nothing here fails: what is no event is something else that the app is told of.
pub(crate) fn decode(data: JsValue) -> Frame<Incoming> {
    let event = |payload| Frame { kind: Kind::Event, payload };
    if !data.is_string() {
        let is_buffer = data.is_instance_of::<ArrayBuffer>();
        return event(if is_buffer { Incoming::Binary(data) } else { Incoming::Unparseable(String::new()) });
    }
    let Ok(value) = parse(&data) else {
        return event(Incoming::Unparseable(excerpt(&String::from(data.unchecked_ref::<JsString>()), SAMPLE)));
    };
    let name = name(&value);
    if name.is_string() {
        let kind = match is_reserved(name.unchecked_ref()) {
            true if name == PONG => Kind::Pong,
            true => Kind::Control,
            false => Kind::Event,
        };
        Frame { kind, payload: Incoming::Event { name, value } }
    } else if is_gateway_error(&value) {
        Frame { kind: Kind::GatewayError, payload: Incoming::GatewayError(value) }
    } else {
        event(Incoming::Event { name: JsValue::UNDEFINED, value })
    }
}

mod js {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        /// js-sys takes a `&str` here, which would copy every message into WebAssembly and back.
        #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
        pub(super) fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
    }
}
use js::parse;

/// The string at `action`, else at `type`; undefined without one.
fn name(value: &JsValue) -> JsValue {
    if !value.is_object() {
        return JsValue::UNDEFINED;
    }
    [ACTION, TYPE]
        .into_iter()
        .filter_map(|key| Reflect::get(value, &key.into()).ok())
        .find(JsValue::is_string)
        .unwrap_or(JsValue::UNDEFINED)
}

fn is_reserved(name: &JsString) -> bool {
    name.starts_with(RESERVED_PREFIX, 0)
}

fn is_gateway_error(value: &JsValue) -> bool {
    let Some(object) = value.dyn_ref::<Object>() else { return false };
    Object::keys(object).length() as usize == GATEWAY_ERROR_KEYS.len()
        && GATEWAY_ERROR_KEYS.iter().all(|key| Reflect::get(value, &(*key).into()).is_ok_and(|value| value.is_string()))
}

/// Why a payload does not fit the type of its event. Decoders quote what they did not expect.
pub(crate) fn misfit(name: &str, error: &impl fmt::Display) -> String {
    format!("{name} does not fit its type: {}", excerpt(&error.to_string(), EXPLANATION))
}

/// The beginning of a text, cut after its long words are out: the half of a token is no shorter secret.
fn excerpt(text: &str, length: usize) -> String {
    let is_secret = |word: &str| word.chars().count() >= SECRET;
    let words = text.split_inclusive(char::is_whitespace).map(|word| if is_secret(word) { "… " } else { word });
    words.flat_map(str::chars).take(length).collect()
}

/// Writes an outbound message as JSON.
pub(crate) fn encode(value: &JsValue) -> Result<JsString, JsValue> {
    JSON::stringify(value)
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use everwire_protocol::Kind;
    use js_sys::Uint8Array;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::{Incoming, decode};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn a_name_is_the_string_at_action_else_at_type() {
        for (text, expected) in [
            (r#"{"action":"a","type":"t"}"#, Some("a")),
            (r#"{"type":"t"}"#, Some("t")),
            (r#"{"action":5,"type":"t"}"#, Some("t")),
            (r#"{"action":""}"#, Some("")),
            (r#"{"action":"__proto__"}"#, Some("__proto__")),
            (r#"{"action":{}}"#, None),
            (r#"{"name":"n"}"#, None),
            ("[]", None),
            ("null", None),
            ("5", None),
            (r#""action""#, None),
        ] {
            let frame = decode(JsValue::from_str(text));
            let Incoming::Event { name, .. } = frame.payload else { panic!("{text}: {frame:?}") };
            assert_eq!((frame.kind, name.as_string().as_deref()), (Kind::Event, expected), "{text}");
        }
    }

    #[wasm_bindgen_test]
    fn a_reserved_name_is_no_event() {
        assert_eq!(decode(JsValue::from_str(r#"{"action":"ws.pong"}"#)).kind, Kind::Pong);
        for text in [r#"{"action":"ws.ping"}"#, r#"{"type":"ws.event","data":{}}"#, r#"{"action":"ws."}"#] {
            assert_eq!(decode(JsValue::from_str(text)).kind, Kind::Control, "{text}");
        }
        assert_eq!(decode(JsValue::from_str(r#"{"action":"wsx"}"#)).kind, Kind::Event);
    }

    #[wasm_bindgen_test]
    fn only_exactly_the_three_keys_are_an_error_of_the_gateway() {
        let error = r#"{"message": "Internal server error", "connectionId":"Qyi07eCbtjMCJKw=", "requestId":"Qyi3UG41tjMFlUg="}"#;
        assert_eq!(decode(JsValue::from_str(error)).kind, Kind::GatewayError);
        for text in [
            r#"{"message":"m","connectionId":"c"}"#,
            r#"{"message":"m","connectionId":"c","requestId":"r","more":1}"#,
            r#"{"message":{},"connectionId":"c","requestId":"r"}"#,
            r#"["m","c","r"]"#,
        ] {
            assert_eq!(decode(JsValue::from_str(text)).kind, Kind::Event, "{text}");
        }
    }

    #[wasm_bindgen_test]
    fn what_is_no_json_is_sampled_without_anything_that_could_be_a_token() {
        let long = format!("oops eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2ln here {}", "x ".repeat(200));
        let Incoming::Unparseable(sample) = decode(JsValue::from_str(&long)).payload else { panic!() };
        assert!(sample.starts_with("oops … here x x"), "{sample}");
        assert!(sample.chars().count() <= 80, "{sample}");
        for text in ["", "{", "\u{feff}{}", "undefined", "NaN"] {
            assert!(matches!(decode(JsValue::from_str(text)).payload, Incoming::Unparseable(_)), "{text:?}");
        }
    }

    #[wasm_bindgen_test]
    fn a_sample_ends_before_a_token_and_not_within_it() {
        let text = format!("{}eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2ln", "oops ".repeat(14));
        let Incoming::Unparseable(sample) = decode(JsValue::from_str(&text)).payload else { panic!() };
        assert!(sample.ends_with("oops … "), "{sample}");
    }

    #[wasm_bindgen_test]
    fn binary_is_handed_over_as_it_is() {
        let buffer = Uint8Array::from(&[1, 2, 3][..]).buffer();
        assert!(matches!(decode(buffer.into()).payload, Incoming::Binary(_)));
    }
}
