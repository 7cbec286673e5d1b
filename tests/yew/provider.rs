use std::cell::RefCell;

use everwire::yew::{WebSocketProvider, WebSocketProviderProps, use_websocket_client};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::fake_socket::FakeSockets;
use crate::support::{NOWHERE, mount, pause, text, until};

/// What the provider lingers, in milliseconds, and as much again for a busy machine.
const LINGER: u32 = 250;

thread_local! {
    static URL: RefCell<Option<UseStateSetter<&'static str>>> = const { RefCell::new(None) };
}

fn set_url(url: &'static str) {
    URL.with_borrow(|setter| setter.as_ref().expect("it is mounted").set(url));
}

#[component]
fn Child() -> Html {
    let client = use_websocket_client();
    html! { <output>{ format!("{client:?}") }</output> }
}

#[component]
fn Page() -> Html {
    let url = use_state(|| NOWHERE);
    URL.set(Some(url.setter()));
    let renders = use_mut_ref(|| 0);
    *renders.borrow_mut() += 1;
    html! {
        <>
            <i>{ *renders.borrow() }</i>
            <WebSocketProvider url={*url}><Child /></WebSocketProvider>
        </>
    }
}

#[component]
fn Misspelt() -> Html {
    html! { <WebSocketProvider url="http://example.com"><Child /></WebSocketProvider> }
}

#[wasm_bindgen_test]
async fn a_url_that_cannot_be_connected_to_is_said_in_place_of_the_children() {
    let (root, handle) = mount::<Misspelt>();
    until(|| root.query_selector("[role=alert]").unwrap().is_some()).await;
    assert!(text(&root).contains("wss://"), "{}", text(&root));
    handle.destroy();
}

#[wasm_bindgen_test]
async fn a_render_with_the_same_url_leaves_the_socket_alone_and_a_new_url_replaces_it() {
    let sockets = FakeSockets::install();
    let (root, handle) = mount::<Page>();
    until(|| sockets.all().len() == 1).await;
    sockets.last().opens();

    set_url(NOWHERE);
    until(|| text(&root).starts_with('2')).await;
    assert_eq!(sockets.all().len(), 1);

    set_url("ws://127.0.0.1:9/other");
    until(|| sockets.all().len() == 2).await;
    assert_eq!(sockets.last().url(), "ws://127.0.0.1:9/other");
    assert!(text(&root).contains("/other"), "the hooks give the new client: {}", text(&root));
    assert!(sockets.all()[0].closes().is_empty(), "the old one lingers");
    until(|| sockets.all()[0].closes() == ["1000"]).await;
    assert!(sockets.last().closes().is_empty());
    handle.destroy();
}

#[wasm_bindgen_test]
async fn the_socket_of_an_unmounted_provider_lingers_and_is_closed() {
    let sockets = FakeSockets::install();
    let (_, handle) = mount::<Page>();
    until(|| sockets.all().len() == 1).await;
    let socket = sockets.last();
    socket.opens();
    handle.destroy();
    pause(LINGER / 5).await;
    assert!(socket.closes().is_empty());
    until(|| socket.closes() == ["1000"]).await;
    assert!(socket.is_detached());
}

#[wasm_bindgen_test]
async fn a_provider_that_is_unmounted_while_it_connects_leaves_nothing() {
    let sockets = FakeSockets::install();
    let (_, handle) = mount::<Page>();
    until(|| sockets.all().len() == 1).await;
    handle.destroy();
    sockets.last().is_lost(1006);
    pause(2 * LINGER).await;
    assert_eq!(sockets.all().len(), 1);
    assert!(sockets.last().is_detached());
}

#[wasm_bindgen_test]
fn a_query_that_holds_a_token_is_not_in_the_debug_output_of_the_properties() {
    let props = yew::props!(WebSocketProviderProps { url: "wss://h/prod?token=secret" });
    assert!(!format!("{props:?}").contains("secret"));
}
