//! The events that this panel knows by type.

use everwire::Message;
use js_sys::{JSON, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

/// What "push to me" sends through the server to every connection of the user.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct DemoNotice {
    pub(crate) text: String,
    pub(crate) n: u32,
}

impl Message for DemoNotice {
    const NAME: &'static str = "demo.notice";
}

/// What the server's `echo` route sends back: the body that it got.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Echo {
    pub(crate) text: String,
}

impl Message for Echo {
    const NAME: &'static str = "echo";
}

/// A message as it goes out: its name at `action`, its fields beside it.
#[derive(Debug, Serialize)]
pub(crate) struct Outgoing<T> {
    action: &'static str,
    #[serde(flatten)]
    body: T,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    fail: bool,
}

impl<T: Message> Outgoing<T> {
    pub(crate) fn new(body: T) -> Self {
        Self { action: T::NAME, body, fail: false }
    }

    /// Asks the server's function to fail, which the gateway answers with an error frame of its own.
    pub(crate) fn failing(body: T) -> Self {
        Self { fail: true, ..Self::new(body) }
    }
}

/// Whether the event of this name has a type here.
pub(crate) fn is_typed(name: &JsValue) -> bool {
    [DemoNotice::NAME, Echo::NAME].into_iter().any(|typed| *name == *typed)
}

/// The name of an event, at `action` or else at `type`, and the JSON of all the rest.
pub(crate) fn name_and_rest(message: &JsValue) -> (String, String) {
    for key in ["action", "type"].map(JsValue::from) {
        if let Some(name) = Reflect::get(message, &key).ok().and_then(|name| name.as_string()) {
            // A copy: the message belongs to every listener.
            let rest = Object::assign(&Object::new(), message.unchecked_ref());
            let _ = Reflect::delete_property(&rest, &key);
            return (name, text_of(&rest));
        }
    }
    ("message".to_owned(), text_of(message))
}

/// The JSON text of what the browser parsed.
pub(crate) fn text_of(value: &JsValue) -> String {
    JSON::stringify(value).map(String::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{DemoNotice, Echo, Outgoing};

    #[test]
    fn an_outgoing_message_has_its_name_beside_its_fields() {
        let notice = Outgoing::new(DemoNotice { text: "hi".into(), n: 3 });
        assert_eq!(serde_json::to_string(&notice).unwrap(), r#"{"action":"demo.notice","text":"hi","n":3}"#);
    }

    #[test]
    fn only_a_failing_message_asks_for_failure() {
        let echo = Outgoing::failing(Echo { text: "hi".into() });
        assert_eq!(serde_json::to_string(&echo).unwrap(), r#"{"action":"echo","text":"hi","fail":true}"#);
    }
}
