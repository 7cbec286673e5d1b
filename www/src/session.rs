//! Follows signing in and out, which the page does for both panels.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, CustomEventInit};
use yew::prelude::*;

use crate::tokens;

/// The event on `window`; its detail is `"signed-in"`, `"signed-out"` or `"refused"`.
const SESSION_EVENT: &str = "demo:session";

/// The number of the session, another one after each sign-in, or `None` while nobody is signed in.
///
/// A refused refresh token does not end it here: the client finds out by itself, and shows that it needs a sign-in.
#[hook]
pub(crate) fn use_session() -> Option<u32> {
    let session = use_reducer(Session::start);
    use_effect_with((), {
        let session = session.dispatcher();
        move |()| {
            let listener = web_sys::window().map(|window| {
                EventListener::new(&window, SESSION_EVENT, move |event| {
                    let detail = event.dyn_ref::<CustomEvent>().and_then(|event| event.detail().as_string());
                    session.dispatch(detail.unwrap_or_default());
                })
            });
            move || drop(listener)
        }
    });
    session.signed_in.then_some(session.number)
}

/// Tells the page that the server does not take the refresh token any more.
pub(crate) fn announce_refused() {
    let init = CustomEventInit::new();
    init.set_detail(&"refused".into());
    if let (Some(window), Ok(event)) = (web_sys::window(), CustomEvent::new_with_event_init_dict(SESSION_EVENT, &init))
    {
        // Fails only for an event that is under way already; this one is new.
        let _ = window.dispatch_event(&event);
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Session {
    number: u32,
    signed_in: bool,
}

impl Session {
    fn start() -> Self {
        Self { number: 0, signed_in: tokens::stored().is_some() }
    }
}

impl Reducible for Session {
    type Action = String;

    fn reduce(self: std::rc::Rc<Self>, change: String) -> std::rc::Rc<Self> {
        match change.as_str() {
            "signed-in" => Self { number: self.number + 1, signed_in: true }.into(),
            "signed-out" => Self { signed_in: false, ..*self }.into(),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::Session;
    use yew::Reducible;

    const FIRST: Session = Session { number: 1, signed_in: true };

    fn after(change: &str) -> Session {
        *Rc::new(FIRST).reduce(change.to_owned())
    }

    #[test]
    fn another_sign_in_is_another_session() {
        assert_eq!(after("signed-in"), Session { number: 2, signed_in: true });
    }

    #[test]
    fn signing_out_ends_the_session() {
        assert_eq!(after("signed-out"), Session { signed_in: false, ..FIRST });
    }

    #[test]
    fn a_refused_refresh_is_left_to_the_client() {
        assert_eq!(after("refused"), FIRST);
    }
}
