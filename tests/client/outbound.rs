use std::cell::RefCell;
use std::rc::Rc;

use everwire::{Client, DropReason, Notice, Sent, State};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::NOWHERE;

#[wasm_bindgen_test]
fn what_waits_when_the_client_is_closed_is_reported_in_order() {
    let client = Client::builder(NOWHERE).build().unwrap();
    let dropped = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&dropped);
    let subscription = client.observe(move |notice| {
        if let Notice::Drop { message, reason } = notice {
            seen.borrow_mut().push((message.as_string().unwrap(), *reason));
        }
    });
    assert_eq!(client.send(&json!({"action": "a"})).unwrap(), Sent::Queued);
    assert_eq!(client.send(&json!({"action": "b"})).unwrap(), Sent::Queued);
    client.close();
    assert_eq!(client.send(&json!({"action": "c"})).unwrap(), Sent::Dropped);
    let expected = ["a", "b", "c"].map(|name| (format!(r#"{{"action":"{name}"}}"#), DropReason::Closed));
    assert_eq!(*dropped.borrow(), expected);
    drop(subscription);
}

#[wasm_bindgen_test]
fn a_message_above_one_frame_is_refused_by_its_bytes_and_nothing_is_sent() {
    let client = Client::builder(NOWHERE).build().unwrap();
    // Two bytes each in UTF-8, and two quotes.
    let fits = "é".repeat(15_999);
    assert_eq!(client.send(&fits).unwrap(), Sent::Queued);
    let error = client.send(&format!("{fits}é")).unwrap_err();
    assert!(error.is_too_large());
    assert_eq!(error.to_string(), "the message has 32002 bytes, at most 32000 fit in one frame: send it in parts");
}

#[wasm_bindgen_test]
fn what_is_no_json_is_refused() {
    let client = Client::builder(NOWHERE).build().unwrap();
    let error = client.send(&std::collections::HashMap::from([(vec![1], 2)])).unwrap_err();
    assert!(error.is_not_json(), "{error}");
}

#[wasm_bindgen_test]
fn only_codes_that_a_browser_sends_close() {
    let client = Client::builder(NOWHERE).build().unwrap();
    assert!(client.close_with(1001, "").unwrap_err().is_close_code());
    assert_eq!(client.status().state, State::Idle);
    client.close_with(4000, "done").unwrap();
    assert_eq!(client.status().state, State::Closed);
}
