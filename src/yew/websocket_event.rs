use std::rc::Rc;

use serde::de::DeserializeOwned;
use yew::prelude::*;

use super::use_websocket_client;
use crate::Message;

/// Handles each event of one type while the component is mounted.
///
/// The handler is always that of the latest render, and it gets every message: none is lost between two renders, and a new
/// closure does not attach anew.
///
/// ```
/// use everwire::{Message, yew::use_websocket_event};
/// use yew::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Tick {
///     n: u32,
/// }
///
/// impl Message for Tick {
///     const NAME: &'static str = "tick";
/// }
///
/// #[component]
/// fn LastTick() -> Html {
///     let last = use_state(|| 0);
///     let setter = last.setter();
///     use_websocket_event(move |tick: Tick| setter.set(tick.n));
///     html! { <output>{ *last }</output> }
/// }
/// ```
#[hook]
pub fn use_websocket_event<T, F>(handler: F)
where
    T: Message + DeserializeOwned + 'static,
    F: Fn(T) + 'static,
{
    let client = use_websocket_client();
    let latest = use_mut_ref(|| None::<Rc<dyn Fn(T)>>);
    latest.replace(Some(Rc::new(handler)));
    use_effect_with(client, move |client| {
        let subscription = client.on(move |message: T| {
            // Cloned out, so that a handler may cause a render that puts another in its place.
            let handler = latest.borrow().clone();
            if let Some(handler) = handler {
                handler(message);
            }
        });
        move || drop(subscription)
    });
}
