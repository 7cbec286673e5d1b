use everwire::{Client, Config, Liveness, Reason, State};
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Event;

use crate::fake_socket::FakeSockets;
use crate::support::{Issuer, NOWHERE, hanging, pause, status, until};

/// `pagehide` or `pageshow`; `persisted` if it is about the back-forward cache.
fn page(name: &str, persisted: bool) {
    let event = Event::new(name).unwrap();
    Reflect::set(&event, &"persisted".into(), &JsValue::from_bool(persisted)).unwrap();
    web_sys::window().unwrap().dispatch_event(&event).unwrap();
}

#[wasm_bindgen_test]
fn a_page_in_the_back_forward_cache_has_no_socket_and_its_return_makes_one() {
    let sockets = FakeSockets::install();
    let client = Client::builder(NOWHERE).build().unwrap();
    client.open();
    sockets.last().opens();

    page("pagehide", false);
    page("pageshow", false);
    assert_eq!(client.status().state, State::Open, "a page that dies or was never in the cache is no matter");

    page("pagehide", true);
    assert_eq!((client.status().state, client.status().reason), (State::Offline, Reason::PageHidden));
    assert!(sockets.last().is_detached());
    assert_eq!(sockets.last().closes(), ["1000"]);

    page("pageshow", true);
    page("pageshow", true);
    assert_eq!((client.status().state, sockets.all().len()), (State::Connecting, 2));
    client.close();
}

/// An event tells only of a change: a client that was opened in a hidden tab took it for a visible one.
#[wasm_bindgen_test]
async fn a_client_that_is_opened_in_a_hidden_tab_knows_it() {
    let document = web_sys::window().unwrap().document().unwrap();
    let hidden = js_sys::Object::new();
    Reflect::set(&hidden, &"value".into(), &"hidden".into()).unwrap();
    Reflect::set(&hidden, &"configurable".into(), &JsValue::TRUE).unwrap();
    js_sys::Object::define_property(&document, &"visibilityState".into(), &hidden);

    let sockets = FakeSockets::install();
    let liveness = Liveness::new().with_silence(600_000).with_hidden_silence(1_000);
    let client = Client::builder(NOWHERE).config(Config::new().with_liveness(liveness)).build().unwrap();
    client.open();
    Reflect::delete_property(&document, &"visibilityState".into()).unwrap();
    let socket = sockets.last();
    socket.opens();
    until(move || socket.written().len() == 2).await;
    client.close();
}

/// A page that holds a lock, or waits for one, does not get into the back-forward cache.
#[wasm_bindgen_test]
async fn a_page_that_goes_into_the_cache_gives_the_refresh_lock_back() {
    let (source, refreshing) = hanging();
    let holding = Client::builder(NOWHERE).token(source.clone()).lock_name("test:page").build().unwrap();
    holding.open();
    until(move || refreshing.get()).await;
    let waiting = Client::builder(NOWHERE).token(source).lock_name("test:page").build().unwrap();
    waiting.open();
    pause().await;
    page("pagehide", true);

    let issuer = Issuer::default();
    let other_tab = Client::builder(NOWHERE).token(issuer.source()).lock_name("test:page").build().unwrap();
    other_tab.open();
    status(&other_tab, |status| status.state == State::Connecting).await;
    for client in [holding, waiting, other_tab] {
        client.close();
    }
}
