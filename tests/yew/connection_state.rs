use everwire::State;
use everwire::yew::{WebSocketProvider, use_connection_state, use_websocket_client};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use crate::fake_socket::FakeSockets;
use crate::support::{NOWHERE, click, mount, text, until};

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

#[wasm_bindgen_test]
async fn a_component_follows_the_state_of_a_handshake_that_fails_to_the_end() {
    let (root, handle) = mount::<Page>();
    until(|| text(&root) == State::Waiting.as_str()).await;
    click(&root);
    until(|| text(&root) == State::Closed.as_str()).await;
    handle.destroy();
}

#[wasm_bindgen_test]
async fn a_component_shows_an_open_connection_and_its_loss() {
    let sockets = FakeSockets::install();
    let (root, handle) = mount::<Page>();
    until(|| text(&root) == State::Connecting.as_str()).await;
    sockets.last().opens();
    until(|| text(&root) == State::Open.as_str()).await;
    sockets.last().is_lost(1001);
    until(|| text(&root) == State::Waiting.as_str()).await;
    handle.destroy();
}
