use yew::prelude::*;

use super::use_websocket_client;
use crate::Status;

/// The client's status; the component renders anew at each change.
///
/// ```
/// use everwire::yew::use_connection_state;
/// use yew::prelude::*;
///
/// #[component]
/// fn Badge() -> Html {
///     let status = use_connection_state();
///     html! { <span title={status.reason.as_str()}>{ status.state.as_str() }</span> }
/// }
/// ```
#[hook]
pub fn use_connection_state() -> Status {
    let client = use_websocket_client();
    let status = use_state_eq(|| client.status());
    use_effect_with(client, {
        let setter = status.setter();
        move |client| {
            // It may have changed between the render and this effect.
            setter.set(client.status());
            let subscription = client.on_status(move |status| setter.set(*status));
            move || drop(subscription)
        }
    });
    *status
}
