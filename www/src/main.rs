//! The Yew panel of the Everwire console: what `WebSocketProvider` and the hooks look like in an app.
//!
//! The page (`index.html`, `boot.js`) owns signing in and the faults. It gives this panel the socket's URL in the
//! attribute `data-url` of `#yew-panel`, and tells of signing in and out by the event `demo:session` on `window`.

mod actions;
mod api;
mod app;
mod countdown;
mod event_log;
mod events;
mod lock;
mod panel;
mod session;
mod status;
mod tokens;

const MOUNT: &str = "yew-panel";

fn main() {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id(MOUNT));
    if let Some(root) = root {
        yew::Renderer::<app::App>::with_root_and_props(root.clone(), app::AppProps { root }).render();
    }
}
