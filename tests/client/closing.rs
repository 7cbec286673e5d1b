use std::cell::RefCell;
use std::rc::Rc;

use everwire::{Backoff, Client, Config, State};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Event;

use crate::fake_socket::FakeSockets;
use crate::support::NOWHERE;

fn client() -> Client {
    let patient = Config::new().with_backoff(Backoff::new().with_floor(60_000));
    Client::builder(NOWHERE).config(patient).build().unwrap()
}

fn the_browser_says(name: &str) {
    web_sys::window().unwrap().dispatch_event(&Event::new(name).unwrap()).unwrap();
}

#[wasm_bindgen_test]
fn the_code_and_the_reason_of_the_app_reach_the_socket() {
    let sockets = FakeSockets::install();
    let client = client();
    client.open();
    client.close_with(4000, "done").unwrap();
    assert_eq!(sockets.last().closes(), ["4000 done"]);
}

/// A browser takes 123 bytes of reason and throws at more.
#[wasm_bindgen_test]
fn a_reason_that_is_too_long_costs_the_reason_and_not_the_code() {
    let sockets = FakeSockets::install();
    let client = client();
    client.open();
    client.close_with(4000, &"é".repeat(62)).unwrap();
    assert_eq!(sockets.last().closes(), ["4000"]);
}

/// A close while no socket stood left its reason behind, and the next close of the machine's own took it along.
#[wasm_bindgen_test]
fn the_reason_of_one_close_is_not_given_for_another() {
    let sockets = FakeSockets::install();
    let client = client();
    client.close_with(4000, "signed out").unwrap();
    client.open();
    client.reconnect();
    assert_eq!(sockets.all()[0].closes(), ["1000"]);
    client.close();
}

/// The page's signals were taken off after the listeners had heard of the close, and so from a client that one of them had
/// opened again: it never noticed that the network was gone or back, or that the page went into the back-forward cache.
#[wasm_bindgen_test]
fn a_client_that_a_listener_opens_again_at_its_close_still_hears_of_the_page() {
    let sockets = FakeSockets::install();
    let client = client();
    client.open();
    let again = RefCell::new(Some(client.clone()));
    let subscription = client.on_status(move |status| {
        if status.state == State::Closed
            && let Some(client) = again.take()
        {
            client.open();
        }
    });
    client.close();
    assert_eq!(client.status().state, State::Connecting);
    sockets.last().is_lost(1006);
    assert_eq!(client.status().state, State::Waiting);
    the_browser_says("offline");
    assert_eq!(client.status().state, State::Offline);
    drop(subscription);
    client.close();
}

#[wasm_bindgen_test]
fn a_closed_client_hears_of_nothing_any_more() {
    let sockets = FakeSockets::install();
    let client = client();
    client.open();
    let socket = sockets.last();
    socket.opens();
    client.close();
    assert!(socket.is_detached());
    for name in ["online", "offline", "pageshow"] {
        the_browser_says(name);
    }
    assert_eq!((client.status().state, sockets.all().len()), (State::Closed, 1));
}

#[wasm_bindgen_test]
fn however_often_it_reconnects_one_socket_is_left() {
    let sockets = FakeSockets::install();
    let client = client();
    client.open();
    for n in 0..1_500 {
        if n % 2 == 0 {
            sockets.last().opens();
        }
        client.reconnect();
    }
    let all = sockets.all();
    let abandoned = &all[..1_500];
    assert!(abandoned.iter().all(|socket| socket.is_detached() && socket.closes() == ["1000"]));
    assert_eq!((all.len(), sockets.last().is_detached()), (1_501, false));
    client.close();
}

#[wasm_bindgen_test]
fn a_client_that_is_dropped_closes_its_socket_and_leaves_no_handler_on_it() {
    let sockets = FakeSockets::install();
    for opened in [false, true] {
        let client = client();
        client.open();
        let socket = sockets.last();
        if opened {
            socket.opens();
        }
        let count = Rc::new(());
        let held = Rc::clone(&count);
        client.on_status(move |_| drop(Rc::clone(&held))).forget();
        drop(client);
        assert!(socket.is_detached());
        assert_eq!(socket.closes().len(), 1, "opened: {opened}");
        assert_eq!(Rc::strong_count(&count), 1, "its listeners went with it");
    }
}

/// Each of the closures that run here is freed by what it runs.
#[wasm_bindgen_test]
fn a_listener_may_drop_the_last_handle_from_inside_each_callback_of_the_socket() {
    let sockets = FakeSockets::install();
    for (state, code) in [(State::Open, None), (State::Waiting, Some(1006))] {
        let client = client();
        let held = Rc::new(RefCell::new(None));
        let last = Rc::clone(&held);
        client
            .on_status(move |status| {
                if status.state == state {
                    last.take();
                }
            })
            .forget();
        client.open();
        held.replace(Some(client));
        let socket = sockets.last();
        match code {
            None => socket.opens(),
            Some(code) => socket.is_lost(code),
        }
        assert!(held.borrow().is_none() && socket.is_detached(), "{state:?}");
    }
}
