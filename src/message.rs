//! Inbound messages: parsed once, by the browser itself, and never decoded further than a few keys.

use everwire_protocol::{ACTION, Frame, GATEWAY_ERROR_KEYS, Kind, RESERVED_PREFIX, TYPE};
use js_sys::{ArrayBuffer, JSON, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// How much of a message that is not JSON an app gets to see, in characters.
const SAMPLE: usize = 80;

/// A run of so many characters without a space may be a token, and is left out of a sample.
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
        return event(Incoming::Unparseable(sample(data.unchecked_ref())));
    };
    let name = name(&value);
    if name.is_string() {
        let kind = if is_reserved(name.unchecked_ref()) { Kind::Control } else { Kind::Event };
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

fn sample(text: &JsString) -> String {
    let head = String::from(text.slice(0, SAMPLE as u32));
    let is_secret = |word: &str| word.chars().count() >= SECRET;
    head.split_inclusive(char::is_whitespace).map(|word| if is_secret(word) { "… " } else { word }).collect()
}

/// Writes an outbound message as JSON.
pub(crate) fn encode(value: &JsValue) -> Result<JsString, JsValue> {
    JSON::stringify(value)
}
