//! The Yew provider and hooks in a real browser, below a provider whose handshakes fail.
#![cfg(all(target_arch = "wasm32", feature = "yew"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use everwire::State;
use everwire::yew::{WebSocketProvider, use_connection_state, use_websocket_client};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Element;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

/// Port 9 is discard, which browsers block: a handshake fails at once, without a network.
const NOWHERE: &str = "ws://127.0.0.1:9/dev";

#[component]
fn Badge() -> Html {
    let status = use_connection_state();
    let client = use_websocket_client();
    html! { <button onclick={move |_| client.close()}>{ status.state.as_str() }</button> }
}

#[component]
fn Page() -> Html {
    html! { <WebSocketProvider url={NOWHERE}><Badge /></WebSocketProvider> }
}

#[component]
fn Misspelt() -> Html {
    html! { <WebSocketProvider url="http://example.com"><Badge /></WebSocketProvider> }
}

fn mount<C: BaseComponent<Properties = ()>>() -> (Element, yew::AppHandle<C>) {
    let document = web_sys::window().unwrap().document().unwrap();
    let root = document.create_element("div").unwrap();
    document.body().unwrap().append_child(&root).unwrap();
    let handle = yew::Renderer::<C>::with_root(root.clone()).render();
    (root, handle)
}

/// Looks after each timer turn; the test's own time limit ends a wait in vain.
async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        let turn = Promise::new(&mut |resolve, _| {
            let then = move || drop(resolve.call0(&JsValue::UNDEFINED));
            gloo_timers::callback::Timeout::new(5, then).forget();
        });
        JsFuture::from(turn).await.unwrap();
    }
}

fn text(root: &Element) -> String {
    root.text_content().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn the_provider_opens_and_a_component_follows_the_state_to_the_end() {
    let (root, handle) = mount::<Page>();
    until(|| text(&root) == State::Waiting.as_str()).await;
    let button = root.query_selector("button").unwrap().unwrap();
    button.dispatch_event(&click()).unwrap();
    until(|| text(&root) == State::Closed.as_str()).await;
    handle.destroy();
}

#[wasm_bindgen_test]
async fn a_url_that_cannot_be_connected_to_is_said_in_place_of_the_children() {
    let (root, handle) = mount::<Misspelt>();
    until(|| root.query_selector("[role=alert]").unwrap().is_some()).await;
    assert!(text(&root).contains("wss://"), "{}", text(&root));
    handle.destroy();
}

fn click() -> Event {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    Event::new_with_event_init_dict("click", &init).unwrap()
}
