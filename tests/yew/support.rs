//! Mounting components, and waiting for what they show.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;
use yew::prelude::*;

/// Port 9 is discard, which browsers block: a handshake fails at once, without a network.
pub(crate) const NOWHERE: &str = "ws://127.0.0.1:9/dev";

pub(crate) fn mount<C: BaseComponent<Properties = ()>>() -> (Element, yew::AppHandle<C>) {
    let document = web_sys::window().unwrap().document().unwrap();
    let root = document.create_element("div").unwrap();
    document.body().unwrap().append_child(&root).unwrap();
    let handle = yew::Renderer::<C>::with_root(root.clone()).render();
    (root, handle)
}

/// Looks after each timer turn; the test's own time limit ends a wait in vain.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        pause(5).await;
    }
}

/// Lets so many milliseconds pass.
pub(crate) async fn pause(milliseconds: u32) {
    let turn = Promise::new(&mut |resolve, _| {
        let then = move || drop(resolve.call0(&JsValue::UNDEFINED));
        gloo_timers::callback::Timeout::new(milliseconds, then).forget();
    });
    JsFuture::from(turn).await.unwrap();
}

pub(crate) fn text(root: &Element) -> String {
    root.text_content().unwrap_or_default()
}

pub(crate) fn click(root: &Element) {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    let click = Event::new_with_event_init_dict("click", &init).unwrap();
    root.query_selector("button").unwrap().expect("a button").dispatch_event(&click).unwrap();
}
