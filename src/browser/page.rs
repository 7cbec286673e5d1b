//! What the browser says of its network and of the page: `online`, `offline`, `visibilitychange`, `pagehide`, `pageshow`,
//! `resume`. A worker has only the first two.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Event, EventTarget, PageTransitionEvent, VisibilityState};

/// What the page reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PageEvent {
    /// `online`.
    Online,
    /// `offline`.
    Offline,
    /// The page is running again after it was frozen.
    Wake,
    /// The page became visible, or hidden.
    Visibility {
        /// Whether it is visible now.
        visible: bool,
    },
    /// The page goes into the back-forward cache.
    Hidden,
    /// The page comes back from the back-forward cache.
    Shown,
}

const GLOBAL_EVENTS: [&str; 4] = ["online", "offline", "pagehide", "pageshow"];
const DOCUMENT_EVENTS: [&str; 2] = ["visibilitychange", "resume"];

/// Listeners on the window (or the worker's global) and on the document. Dropping it removes them.
#[derive(Debug)]
#[must_use = "dropping it removes the listeners"]
pub(crate) struct PageSignals {
    global: EventTarget,
    document: Option<Document>,
    listener: Closure<dyn Fn(Event)>,
}

impl PageSignals {
    /// Listens from now on.
    pub(crate) fn listen(notify: impl Fn(PageEvent) + 'static) -> Self {
        let listener = Closure::new(move |event: Event| {
            if let Some(event) = translate(&event) {
                notify(event);
            }
        });
        let global: EventTarget = js_sys::global().unchecked_into();
        let document =
            Reflect::get(&global, &"document".into()).ok().and_then(|value| value.dyn_into::<Document>().ok());
        let signals = Self { global, document, listener };
        signals.each(|target, name, listener| {
            let _ = target.add_event_listener_with_callback(name, listener);
        });
        signals
    }

    /// Whether there is a page and it is visible; a worker has none and counts as visible.
    pub(crate) fn is_visible(&self) -> bool {
        self.document.as_ref().is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
    }

    fn each(&self, change: impl Fn(&EventTarget, &str, &js_sys::Function)) {
        let listener = self.listener.as_ref().unchecked_ref();
        for name in GLOBAL_EVENTS {
            change(&self.global, name, listener);
        }
        if let Some(document) = &self.document {
            for name in DOCUMENT_EVENTS {
                change(document, name, listener);
            }
        }
    }
}

impl Drop for PageSignals {
    fn drop(&mut self) {
        self.each(|target, name, listener| {
            let _ = target.remove_event_listener_with_callback(name, listener);
        });
    }
}

fn translate(event: &Event) -> Option<PageEvent> {
    // A page that is hidden for good has `persisted: false`: it dies, and nothing needs to be put away.
    let persisted = || event.unchecked_ref::<PageTransitionEvent>().persisted();
    match event.type_().as_str() {
        "online" => Some(PageEvent::Online),
        "offline" => Some(PageEvent::Offline),
        "pagehide" if persisted() => Some(PageEvent::Hidden),
        "pageshow" if persisted() => Some(PageEvent::Shown),
        "resume" => Some(PageEvent::Wake),
        "visibilitychange" => Some(PageEvent::Visibility { visible: is_visible(event) }),
        _ => None,
    }
}

fn is_visible(event: &Event) -> bool {
    let document = event.target().and_then(|target| target.dyn_into::<Document>().ok());
    document.is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}
