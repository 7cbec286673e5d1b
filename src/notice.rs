//! What a client tells its app, and who listens.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use everwire_core::{DropReason, Status};
use wasm_bindgen::JsValue;

use crate::TokenError;

/// Something that an app may want to know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Notice {
    /// An application event.
    Event {
        /// The string at `action`, else at `type`; undefined without one.
        name: JsValue,
        /// The whole message, as `JSON.parse` made it.
        value: JsValue,
    },
    /// An error frame of API Gateway itself: a route is missing, or its function failed. The connection stays.
    GatewayError(JsValue),
    /// A message that is not what was expected. The connection stays.
    MessageError(String),
    /// A binary message, as an `ArrayBuffer`.
    Binary(JsValue),
    /// A message that will not be sent.
    Drop {
        /// Its JSON text.
        message: JsValue,
        /// Why.
        reason: DropReason,
    },
    /// The client's status changed.
    Status(Status),
    /// The token source failed.
    TokenError(TokenError),
}

type Listener = Rc<dyn Fn(&Notice)>;

/// The listeners of one client. They may come and go while a notice is on its way.
#[derive(Default)]
pub(crate) struct Listeners {
    next: Cell<u64>,
    list: RefCell<Vec<(u64, Listener)>>,
}

impl Listeners {
    pub(crate) fn add(self: &Rc<Self>, listener: impl Fn(&Notice) + 'static) -> Subscription {
        let id = self.next.get();
        self.next.set(id + 1);
        self.list.borrow_mut().push((id, Rc::new(listener)));
        Subscription { listeners: Rc::downgrade(self), id, keep: false }
    }

    pub(crate) fn tell(&self, notice: &Notice) {
        let told = self.list.borrow().clone();
        for (id, listener) in told {
            if self.has(id) {
                listener(notice);
            }
        }
    }

    /// One that an earlier listener removed hears nothing more.
    fn has(&self, id: u64) -> bool {
        self.list.borrow().iter().any(|(listener, _)| *listener == id)
    }

    fn remove(&self, id: u64) {
        // The closure is dropped after the borrow: its own drop may remove further listeners.
        let _removed = {
            let mut list = self.list.borrow_mut();
            list.iter().position(|(listener, _)| *listener == id).map(|index| list.remove(index))
        };
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").field("count", &self.list.borrow().len()).finish()
    }
}

/// A handler that is attached. Dropping it detaches the handler.
#[derive(Debug)]
#[must_use = "dropping a subscription detaches its handler"]
pub struct Subscription {
    listeners: Weak<Listeners>,
    id: u64,
    keep: bool,
}

impl Subscription {
    /// Keeps the handler for as long as the client lives.
    pub fn forget(mut self) {
        self.keep = true;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade().filter(|_| !self.keep) {
            listeners.remove(self.id);
        }
    }
}
