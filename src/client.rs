//! The client: the machine of `everwire-core`, run on a browser.

mod runtime;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use everwire_core::{Config, Effects, Input, Machine, Sent, Status, check_url, is_sendable, redact};
use everwire_protocol::Message;
use js_sys::JsString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::AbortController;

use crate::browser::clock::{Alarm, now};
use crate::browser::lock::{self, Lock};
use crate::browser::page::PageSignals;
use crate::browser::socket::Socket;
use crate::message::{Incoming, encode, misfit};
use crate::notice::Listeners;
use crate::{ClientBuilder, Error, Notice, Subscription, TokenError, TokenSource};

/// An authenticated WebSocket that stays connected. A cheap handle: clones are the same client, and the last one to be
/// dropped closes the socket.
///
/// ```no_run
/// use everwire::{Client, Message, TokenError, TokenSource};
///
/// #[derive(serde::Deserialize)]
/// struct OrderUpdated {
///     id: u32,
/// }
///
/// impl Message for OrderUpdated {
///     const NAME: &'static str = "order.updated";
/// }
///
/// # fn main() -> Result<(), everwire::Error> {
/// # let tokens = TokenSource::new(|| async { Ok(None) }, |_| async { Err(TokenError::unauthorized("")) });
/// let client = Client::builder("wss://api.example.com/prod").token(tokens).build()?;
/// let subscription = client.on(|order: OrderUpdated| println!("order {}", order.id));
/// client.open();
/// # drop(subscription);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    url: String,
    token_parameter: String,
    lock_name: String,
    source: Option<TokenSource>,
    machine: RefCell<Machine<Incoming, JsValue>>,
    effects: RefCell<Effects<Incoming, JsValue>>,
    /// Whether effects are being carried out further up the stack: a listener may call back into the client.
    draining: Cell<bool>,
    /// The generation of the question that the token source was asked last.
    asked: Cell<Option<u32>>,
    token: RefCell<Option<String>>,
    abort: RefCell<Option<AbortController>>,
    lock: RefCell<Option<Lock>>,
    /// By generation: one, or two while one replaces the other.
    sockets: RefCell<Vec<(u32, Socket)>>,
    close_reason: RefCell<String>,
    alarm: RefCell<Option<Alarm>>,
    page: RefCell<Option<PageSignals>>,
    listeners: Rc<Listeners>,
}

impl Client {
    /// Begins to describe a client for a URL: `wss://…`, or `ws://` for a server on this machine.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url.into())
    }

    pub(crate) fn new(
        mut url: String,
        token_parameter: String,
        lock_name: Option<String>,
        source: Option<TokenSource>,
        config: Config,
    ) -> Result<Self, Error> {
        check_url(&url).map_err(Error::url)?;
        // A WebSocket URL may have no fragment (RFC 6455 section 3), and browsers refuse one.
        url.truncate(url.find('#').unwrap_or(url.len()));
        let config = if source.is_some() { config } else { config.without_token() };
        Ok(Self(Rc::new(Inner {
            lock_name: lock_name.unwrap_or_else(|| lock::name_for(&url)),
            url,
            token_parameter,
            source,
            machine: RefCell::new(Machine::new(config)),
            effects: RefCell::default(),
            draining: Cell::new(false),
            asked: Cell::new(None),
            token: RefCell::default(),
            abort: RefCell::default(),
            lock: RefCell::default(),
            sockets: RefCell::default(),
            close_reason: RefCell::default(),
            alarm: RefCell::default(),
            page: RefCell::default(),
            listeners: Rc::default(),
        })))
    }

    /// Connects, and stays connected until [`close`](Self::close). Does nothing while a connection stands or is being made;
    /// ends a wait.
    pub fn open(&self) {
        self.0.listen_to_page();
        self.0.input(Input::Open);
    }

    /// Disconnects with code 1000. Messages that wait are dropped and reported.
    pub fn close(&self) {
        self.0.close(1000, "");
    }

    /// Disconnects with a code (1000 or 3000 to 4999) and a reason; one above 123 bytes of UTF-8 is left out.
    ///
    /// # Errors
    ///
    /// [`Error::is_close_code`] for any other code; nothing was done then.
    pub fn close_with(&self, code: u16, reason: &str) -> Result<(), Error> {
        if !is_sendable(code) {
            return Err(Error::close_code(code));
        }
        self.0.close(code, reason);
        Ok(())
    }

    /// Replaces the connection, or the wait for one, by a new one at once.
    pub fn reconnect(&self) {
        self.0.listen_to_page();
        self.0.input(Input::Reconnect);
    }

    /// Sends a message as JSON; while there is no connection it waits for one.
    ///
    /// # Errors
    ///
    /// [`Error::is_not_json`], or [`Error::is_too_large`] above 32,000 bytes. Nothing was sent or queued then.
    pub fn send(&self, message: &impl Serialize) -> Result<Sent, Error> {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        let value = message.serialize(&serializer).map_err(Error::not_json)?;
        let text = encode(&value).ok().filter(|text| text.is_string());
        self.send_text(text.ok_or_else(|| Error::not_json("it is undefined, or holds itself"))?)
    }

    pub(crate) fn send_text(&self, text: JsString) -> Result<Sent, Error> {
        let length = String::from(&text).len();
        let writable = self.0.is_writable();
        let sent = {
            let mut machine = self.0.machine.borrow_mut();
            machine.send(text.into(), length, writable, now(), &mut self.0.effects.borrow_mut())
        };
        self.0.drain();
        sent.map_err(Error::too_large)
    }

    /// Where the client is.
    pub fn status(&self) -> Status {
        self.0.machine.borrow().status()
    }

    /// Handles each event of one type. The event's name comes with the type; a payload that the type does not fit is
    /// reported as [`Notice::MessageError`].
    pub fn on<T: Message + DeserializeOwned>(&self, handler: impl Fn(T) + 'static) -> Subscription {
        let expected = JsValue::from_str(T::NAME);
        let listeners = Rc::downgrade(&self.0.listeners);
        self.observe(move |notice| {
            let Notice::Event { name, value } = notice else { return };
            if *name != expected {
                return;
            }
            match serde_wasm_bindgen::from_value(value.clone()) {
                Ok(message) => handler(message),
                Err(error) => {
                    if let Some(listeners) = listeners.upgrade() {
                        listeners.tell(&Notice::MessageError(misfit(T::NAME, &error)));
                    }
                }
            }
        })
    }

    /// Handles each application event, named or not, as `JSON.parse` made it.
    pub fn on_message(&self, handler: impl Fn(&JsValue) + 'static) -> Subscription {
        self.observe(move |notice| {
            if let Notice::Event { value, .. } = notice {
                handler(value);
            }
        })
    }

    /// Handles each change of the status.
    pub fn on_status(&self, handler: impl Fn(&Status) + 'static) -> Subscription {
        self.observe(move |notice| {
            if let Notice::Status(status) = notice {
                handler(status);
            }
        })
    }

    /// Hears everything that a client has to tell.
    pub fn observe(&self, listener: impl Fn(&Notice) + 'static) -> Subscription {
        self.0.listeners.add(listener)
    }
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &redact(&self.0.url))
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// One question to a token source, to be answered once. It does not keep the client alive.
pub(crate) struct Answer {
    client: Weak<Inner>,
    generation: u32,
}

impl Answer {
    #[cfg(feature = "js")]
    pub(crate) fn generation(&self) -> u32 {
        self.generation
    }

    pub(crate) fn give(self, token: Result<Option<String>, TokenError>) {
        if let Some(inner) = self.client.upgrade() {
            inner.answer(self.generation, token);
        }
    }
}

#[cfg(feature = "js")]
impl Client {
    /// Answers a question of which only the generation is left: JavaScript holds no [`Answer`].
    pub(crate) fn answer(&self, generation: u32, token: Result<Option<String>, TokenError>) {
        self.0.answer(generation, token);
    }
}
