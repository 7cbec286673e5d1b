use yew::prelude::*;

use crate::Client;

/// The client of the nearest [`WebSocketProvider`](super::WebSocketProvider).
///
/// # Panics
///
/// Outside a provider: a mistake of the program, which its first render shows.
///
/// ```
/// use everwire::yew::use_websocket_client;
/// use yew::prelude::*;
///
/// #[component]
/// fn Reconnect() -> Html {
///     let client = use_websocket_client();
///     html! { <button onclick={move |_| client.reconnect()}>{ "Reconnect" }</button> }
/// }
/// ```
#[hook]
#[allow(clippy::expect_used, reason = "like Yew's own router hooks: a component outside its provider cannot go on")]
pub fn use_websocket_client() -> Client {
    use_context::<Client>().expect("use_websocket_client: put the component below a <WebSocketProvider>")
}
