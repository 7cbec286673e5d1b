//! Waiting for what a client reports, and tokens that need no issuer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use everwire::{Client, Notice, RefreshReason, State, Status, TokenError, TokenSource};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Port 9 is discard, which browsers block: a handshake fails at once, without a network.
pub(crate) const NOWHERE: &str = "ws://127.0.0.1:9/dev";

/// Waits until a client reports a status of a kind; the test's own time limit ends a wait in vain.
pub(crate) async fn status(client: &Client, wanted: impl Fn(&Status) -> bool + 'static) -> Status {
    let found = Rc::new(Cell::new(None));
    let setter = Rc::clone(&found);
    notice(client, move |notice| {
        if let Notice::Status(status) = notice
            && wanted(status)
        {
            setter.set(Some(*status));
        }
        setter.get().is_some()
    })
    .await;
    found.get().expect("a status")
}

/// Waits until a client reports a state; it may be there already.
pub(crate) async fn state(client: &Client, wanted: State) -> Status {
    if client.status().state == wanted {
        return client.status();
    }
    status(client, move |status| status.state == wanted).await
}

/// Waits for a notice. It listens from the call on, not from the first poll: what is awaited may come before.
pub(crate) fn notice<W: Fn(&Notice) -> bool + 'static>(
    client: &Client,
    wanted: W,
) -> impl Future<Output = ()> + use<W> {
    let subscription = RefCell::new(None);
    let wanted = Rc::new(wanted);
    let promise = Promise::new(&mut |resolve, _| {
        let wanted = Rc::clone(&wanted);
        subscription.replace(Some(client.observe(move |notice| {
            if wanted(notice) {
                resolve.call0(&JsValue::UNDEFINED).unwrap();
            }
        })));
    });
    async move {
        JsFuture::from(promise).await.unwrap();
        drop(subscription);
    }
}

/// A token source as an app might have one: a stored token, and an issuer that counts.
#[derive(Clone, Default)]
pub(crate) struct Issuer {
    pub(crate) stored: Rc<RefCell<Option<String>>>,
    pub(crate) refreshes: Rc<RefCell<Vec<RefreshReason>>>,
    pub(crate) signed_out: Rc<Cell<bool>>,
}

impl Issuer {
    pub(crate) fn source(&self) -> TokenSource {
        let (get, refresh) = (self.clone(), self.clone());
        TokenSource::new(
            move || {
                let issuer = get.clone();
                async move { Ok(issuer.stored.borrow().clone()) }
            },
            move |reason| {
                let issuer = refresh.clone();
                async move {
                    issuer.refreshes.borrow_mut().push(reason);
                    // An issuer is somewhere else: others get their turn before it answers.
                    pause().await;
                    if issuer.signed_out.get() {
                        return Err(TokenError::unauthorized("signed out"));
                    }
                    let token = format!("opaque-{}", issuer.refreshes.borrow().len());
                    issuer.stored.replace(Some(token.clone()));
                    Ok(token)
                }
            },
        )
    }
}

/// A source that hangs while it refreshes, and whether it does.
pub(crate) fn hanging() -> (TokenSource, Rc<Cell<bool>>) {
    let refreshing = Rc::new(Cell::new(false));
    let setter = Rc::clone(&refreshing);
    let refresh = move |_| {
        setter.set(true);
        std::future::pending()
    };
    (TokenSource::new(|| async { Ok(None) }, refresh), refreshing)
}

/// Looks after each pause; the test's own time limit ends a wait in vain.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        pause().await;
    }
}

/// 20 ms: others get their turn.
pub(crate) async fn pause() {
    let promise = Promise::new(&mut |resolve, _| {
        gloo_timers::callback::Timeout::new(20, move || {
            resolve.call0(&JsValue::UNDEFINED).unwrap();
        })
        .forget();
    });
    JsFuture::from(promise).await.unwrap();
}
