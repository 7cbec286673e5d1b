use std::cell::RefCell;
use std::rc::Rc;

use everwire::{Client, Config, Liveness, Message, Notice, Sent, State};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake_socket::FakeSockets;
use crate::support::NOWHERE;

#[derive(serde::Deserialize)]
struct Session {
    user: u32,
}

impl Message for Session {
    const NAME: &'static str = "session";
}

/// Without pings, so that a socket has only what the tests write.
fn client() -> Client {
    let config = Config::new().with_liveness(Liveness::new().without_ping());
    Client::builder(NOWHERE).config(config).build().unwrap()
}

#[wasm_bindgen_test]
fn what_waited_goes_out_in_order_before_what_a_listener_sends_at_the_opening() {
    let sockets = FakeSockets::install();
    let client = client();
    client.send(&1).unwrap();
    client.send(&2).unwrap();
    let sender = client.clone();
    client
        .on_status(move |status| {
            if status.state == State::Open {
                assert_eq!(sender.send(&3).unwrap(), Sent::Sent);
            }
        })
        .forget();
    client.open();
    sockets.last().opens();
    assert_eq!(sockets.last().written(), ["1", "2", "3"]);
    client.close();
}

#[wasm_bindgen_test]
fn what_is_sent_while_the_other_side_closes_waits_for_the_next_connection() {
    let sockets = FakeSockets::install();
    let client = client();
    client.open();
    sockets.last().opens();
    sockets.last().begins_to_close();
    assert_eq!(client.send(&1).unwrap(), Sent::Queued);
    sockets.last().is_lost(1001);
    client.reconnect();
    sockets.last().opens();
    assert_eq!(sockets.all().iter().map(|socket| socket.written().len()).collect::<Vec<_>>(), [0, 1]);
    client.close();
}

/// serde quotes the text that it did not expect, at whatever length.
#[wasm_bindgen_test]
fn an_event_that_does_not_fit_its_type_is_reported_without_what_could_be_a_token() {
    let sockets = FakeSockets::install();
    let client = client();
    let told = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&told);
    let subscriptions = (
        client.on(|session: Session| panic!("user {}", session.user)),
        client.observe(move |notice| {
            if let Notice::MessageError(text) = notice {
                seen.borrow_mut().push(text.clone());
            }
        }),
    );
    client.open();
    sockets.last().opens();
    for user in ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl".to_owned(), "word ".repeat(1_000)] {
        sockets.last().receives(&json!({"action": "session", "user": user}).to_string());
    }
    let told = told.borrow();
    assert_eq!(told.len(), 2);
    for text in told.iter() {
        assert!(text.starts_with("session does not fit its type: "), "{text}");
        assert!(!text.contains("eyJ") && text.len() < 300, "{text}");
    }
    assert!(told[0].contains("expected u32"), "{}", told[0]);
    drop(subscriptions);
    client.close();
}

#[wasm_bindgen_test]
fn a_handler_that_closes_the_client_is_the_last_to_hear() {
    let sockets = FakeSockets::install();
    let client = client();
    let heard = Rc::new(RefCell::new(0));
    let (count, closer) = (Rc::clone(&heard), client.clone());
    client
        .on_message(move |_| {
            *count.borrow_mut() += 1;
            closer.close();
        })
        .forget();
    client.open();
    let socket = sockets.last();
    socket.opens();
    socket.receives("1");
    socket.receives("2");
    assert_eq!((*heard.borrow(), client.status().state), (1, State::Closed));
}

#[wasm_bindgen_test]
fn a_fragment_is_left_out_without_a_token_too() {
    let sockets = FakeSockets::install();
    let client = Client::builder("ws://127.0.0.1:9/dev?v=1#top").build().unwrap();
    client.open();
    assert_eq!(sockets.last().url(), "ws://127.0.0.1:9/dev?v=1");
    client.close();
}

#[wasm_bindgen_test]
fn a_query_that_holds_a_token_is_not_in_the_debug_output() {
    let builder = Client::builder("wss://h/prod?token=secret");
    assert!(!format!("{builder:?}").contains("secret"));
    assert!(!format!("{:?}", builder.build().unwrap()).contains("secret"));
}
