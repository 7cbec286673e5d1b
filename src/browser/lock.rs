//! The lock that makes token refreshes single flight: over tabs and WebAssembly instances by the Web Locks API, over the
//! clients of one instance where there is no such API (insecure origins).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use everwire_core::redact;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Url};

use super::turn::Turn;

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`. Bound here, since web-sys still calls it unstable.
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, options: &Object, granted: &Function) -> Result<Pending, JsValue>;

    /// The promise of a request.
    type Pending;

    #[wasm_bindgen(method, js_name = catch)]
    fn on_rejected(this: &Pending, handler: &Function) -> JsValue;
}

/// The name that clients of one server share, however each spells its URL: `everwire:refresh:`, the origin, the path.
pub(crate) fn name_for(url: &str) -> String {
    let server = Url::new(url).map(|url| url.origin() + &url.pathname());
    format!("everwire:refresh:{}", server.as_deref().unwrap_or(redact(url)))
}

/// A lock that was asked for, or is held. Dropping it stops asking, or releases.
#[derive(Debug)]
#[must_use = "dropping a lock releases it"]
pub(crate) struct Lock {
    _held_by: HeldBy,
}

#[derive(Debug)]
enum HeldBy {
    Browser { _request: Request },
    Instance { _turn: Turn },
}

impl Lock {
    /// Asks for a lock, and calls back once it is granted: perhaps at once, perhaps never.
    pub(crate) fn request(name: &str, granted: impl FnOnce() + 'static) -> Self {
        let granted = Rc::new(Cell::new(Some(granted)));
        let grant = move || {
            if let Some(callback) = granted.take() {
                callback();
            }
        };
        let held_by = match lock_manager().and_then(|locks| Request::send(&locks, name, grant.clone())) {
            Some(request) => HeldBy::Browser { _request: request },
            None => HeldBy::Instance { _turn: Turn::take(name, grant) },
        };
        Self { _held_by: held_by }
    }
}

fn lock_manager() -> Option<LockManager> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    if locks.is_object() { Some(locks.unchecked_into()) } else { None }
}

/// A request to the browser's lock manager. The browser holds the lock until the promise that the callback returns is
/// settled, so releasing is resolving it.
struct Request {
    abort: AbortController,
    held: Rc<RefCell<Held>>,
}

enum Held {
    NotYet,
    Yes { release: Function },
    NoLonger,
}

impl Request {
    fn send(locks: &LockManager, name: &str, grant: impl Fn() + Clone + 'static) -> Option<Self> {
        let abort = AbortController::new().ok()?;
        let held = Rc::new(RefCell::new(Held::NotYet));
        // The browser may call either of the two after this request was dropped, so they belong to JavaScript: they are
        // freed when called, or with the promise.
        let granted = Closure::once_into_js({
            let (held, grant) = (Rc::clone(&held), grant.clone());
            move || {
                if matches!(*held.borrow(), Held::NoLonger) {
                    return Promise::resolve(&JsValue::UNDEFINED);
                }
                let until_released = Promise::new(&mut |release, _| *held.borrow_mut() = Held::Yes { release });
                grant();
                until_released
            }
        });
        let refused = Closure::once_into_js({
            let held = Rc::clone(&held);
            // For another reason than our own abort (an opaque origin has no locks): refresh without one.
            move |_: JsValue| {
                if matches!(*held.borrow(), Held::NotYet) {
                    grant();
                }
            }
        });
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &abort.signal()).ok()?;
        let promise = locks.request(name, &options, granted.unchecked_ref()).ok()?;
        promise.on_rejected(refused.unchecked_ref());
        Some(Self { abort, held })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Held::Yes { release } = self.held.replace(Held::NoLonger) {
            let _ = release.call0(&JsValue::UNDEFINED);
        } else {
            self.abort.abort();
        }
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}
