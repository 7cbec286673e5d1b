use everwire::{Client, State};
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Issuer, NOWHERE, hanging, pause, state, status, until};

async fn open_three(issuer: &Issuer, lock: &str) {
    let source = issuer.source();
    let clients: Vec<_> =
        (0..3).map(|_| Client::builder(NOWHERE).token(source.clone()).lock_name(lock).build().unwrap()).collect();
    clients.iter().for_each(Client::open);
    for client in &clients {
        state(client, State::Waiting).await;
        client.close();
    }
}

#[wasm_bindgen_test]
async fn clients_of_one_lock_refresh_once() {
    let issuer = Issuer::default();
    open_three(&issuer, "test:one-lock").await;
    assert_eq!(issuer.refreshes.borrow().len(), 1);
}

#[wasm_bindgen_test]
async fn clients_of_one_instance_refresh_once_where_the_browser_has_no_locks() {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).unwrap();
    let hidden = Object::new();
    Reflect::set(&hidden, &"value".into(), &JsValue::UNDEFINED).unwrap();
    Reflect::set(&hidden, &"configurable".into(), &JsValue::TRUE).unwrap();
    let navigator: Object = navigator.into();
    Object::define_property(&navigator, &"locks".into(), &hidden);

    let issuer = Issuer::default();
    open_three(&issuer, "test:no-locks").await;

    Reflect::delete_property(&navigator, &"locks".into()).unwrap();
    assert_eq!(issuer.refreshes.borrow().len(), 1);
}

#[wasm_bindgen_test]
async fn clients_of_different_locks_refresh_each() {
    let issuer = Issuer::default();
    let source = issuer.source();
    let clients = ["test:a", "test:b"]
        .map(|lock| Client::builder(NOWHERE).token(source.clone()).lock_name(lock).build().unwrap());
    clients.iter().for_each(Client::open);
    for client in &clients {
        state(client, State::Waiting).await;
        client.close();
    }
    assert_eq!(issuer.refreshes.borrow().len(), 2, "else the tests above show nothing");
}

#[wasm_bindgen_test]
async fn clients_of_one_server_share_the_lock_however_its_url_is_written() {
    let issuer = Issuer::default();
    let source = issuer.source();
    let clients = ["ws://127.0.0.1:9", "WS://127.0.0.1:9/?v=1", "ws://user@127.0.0.1:9/#top"]
        .map(|url| Client::builder(url).token(source.clone()).build().unwrap());
    clients.iter().for_each(Client::open);
    for client in &clients {
        status(client, |status| status.state == State::Connecting).await;
        client.close();
    }
    assert_eq!(issuer.refreshes.borrow().len(), 1);
}

#[wasm_bindgen_test]
async fn a_closed_client_releases_the_lock_for_the_next() {
    let (source, refreshing) = hanging();
    let first = Client::builder(NOWHERE).token(source).lock_name("test:released").build().unwrap();
    first.open();
    until(move || refreshing.get()).await;

    let issuer = Issuer::default();
    let second = Client::builder(NOWHERE).token(issuer.source()).lock_name("test:released").build().unwrap();
    second.open();
    pause().await;
    assert!(issuer.refreshes.borrow().is_empty(), "the first holds the lock");
    first.close();
    status(&second, |status| status.state == State::Connecting).await;
    second.close();
}
