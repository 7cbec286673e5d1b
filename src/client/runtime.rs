//! Running the machine: its effects carried out, its inputs fed, with nothing borrowed while a listener runs.

use std::rc::Rc;

use everwire_core::{Effect, Input, TokenFailure, with_token};
use everwire_protocol::PING;
use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortController;

use super::{Answer, Inner};
use crate::browser::clock::{Alarm, now, random};
use crate::browser::lock::Lock;
use crate::browser::page::{PageEvent, PageSignals};
use crate::browser::socket::{Socket, SocketEvent};
use crate::message::{Incoming, decode};
use crate::{Notice, TokenError, token};

impl Inner {
    /// The only way into the machine. Effects are queued and carried out by the outermost call, in order, with nothing
    /// borrowed: a listener may send, close or drop the client from inside its callback.
    pub(super) fn input(self: &Rc<Self>, input: Input<Incoming>) {
        self.machine.borrow_mut().step(input, now(), &mut random, &mut self.effects.borrow_mut());
        self.drain();
    }

    pub(super) fn drain(self: &Rc<Self>) {
        if self.draining.replace(true) {
            return;
        }
        loop {
            let next = self.effects.borrow_mut().pop_front();
            match next {
                Some(effect) => self.perform(effect),
                None => break,
            }
        }
        self.draining.set(false);
        self.set_alarm();
    }

    pub(super) fn perform(self: &Rc<Self>, effect: Effect<Incoming, JsValue>) {
        match effect {
            Effect::GetToken { generation } => self.get_token(generation),
            Effect::AcquireLock { generation } => self.acquire_lock(generation),
            Effect::RefreshToken { generation, reason } => self.refresh_token(generation, reason),
            Effect::ReleaseLock => drop(self.lock.take()),
            Effect::AbortPrepare => self.abort_prepare(),
            Effect::OpenSocket { generation } => self.open_socket(generation),
            Effect::CloseSocket { generation, code } => {
                if let Some(socket) = self.take_socket(generation) {
                    socket.close(code, &self.close_reason.borrow());
                }
            }
            Effect::ForgetSocket { generation } => drop(self.take_socket(generation)),
            Effect::Ping { generation } => self.write(generation, &format!("{{\"action\":\"{PING}\"}}").into()),
            Effect::Transmit { generation, payload } => self.write(generation, payload.unchecked_ref()),
            Effect::Deliver { frame } => self.listeners.tell(&match frame.payload {
                Incoming::Event { name, value } => Notice::Event { name, value },
                Incoming::GatewayError(value) => Notice::GatewayError(value),
                Incoming::Unparseable(sample) => Notice::MessageError(sample),
                Incoming::Binary(data) => Notice::Binary(data),
            }),
            Effect::Drop { payload, reason } => self.listeners.tell(&Notice::Drop { message: payload, reason }),
            Effect::Report { status } => self.listeners.tell(&Notice::Status(status)),
        }
    }

    pub(super) fn get_token(self: &Rc<Self>, generation: u32) {
        self.asked.set(Some(generation));
        if let Some(source) = &self.source {
            source.get(Answer { client: Rc::downgrade(self), generation });
        }
    }

    pub(super) fn refresh_token(self: &Rc<Self>, generation: u32, reason: everwire_core::RefreshReason) {
        self.asked.set(Some(generation));
        let (Some(source), Ok(abort)) = (&self.source, AbortController::new()) else { return };
        let signal = abort.signal();
        self.abort.replace(Some(abort));
        source.refresh(reason, signal, Answer { client: Rc::downgrade(self), generation });
    }

    pub(super) fn answer(self: &Rc<Self>, generation: u32, token: Result<Option<String>, TokenError>) {
        // An answer that nobody waits for any more must not replace the token that is in use.
        if self.asked.get() != Some(generation) {
            return;
        }
        self.asked.set(None);
        self.abort.take();
        let result = match token {
            Ok(token) => {
                let claims = token.as_deref().map(token::claims);
                self.token.replace(token);
                Ok(claims)
            }
            Err(error) => {
                self.listeners.tell(&Notice::TokenError(error.clone()));
                Err(if error.is_unauthorized() { TokenFailure::Unauthorized } else { TokenFailure::Transient })
            }
        };
        self.input(Input::Token { generation, result });
    }

    pub(super) fn acquire_lock(self: &Rc<Self>, generation: u32) {
        let client = Rc::downgrade(self);
        let lock = Lock::request(&self.lock_name, move || {
            if let Some(inner) = client.upgrade() {
                inner.input(Input::Locked { generation });
            }
        });
        self.lock.replace(Some(lock));
    }

    pub(super) fn abort_prepare(&self) {
        self.asked.set(None);
        let abort = self.abort.take();
        if let Some(abort) = abort {
            abort.abort();
        }
        drop(self.lock.take());
    }

    pub(super) fn open_socket(self: &Rc<Self>, generation: u32) {
        // Left of a close that found no socket to tell it to.
        self.close_reason.take();
        let client = Rc::downgrade(self);
        let notify = move |event| {
            if let Some(inner) = client.upgrade() {
                inner.input(match event {
                    SocketEvent::Opened => Input::Opened { generation },
                    SocketEvent::Message(data) => Input::Frame { generation, frame: decode(data) },
                    SocketEvent::Closed { code } => Input::Lost { generation, code },
                });
            }
        };
        let url = match self.token.borrow().as_deref() {
            Some(token) => with_token(&self.url, &self.token_parameter, token),
            None => self.url.clone(),
        };
        let socket = Socket::open(&url, notify);
        match socket {
            Some(socket) => self.sockets.borrow_mut().push((generation, socket)),
            None => self.input(Input::Lost { generation, code: 1006 }),
        }
    }

    pub(super) fn take_socket(&self, generation: u32) -> Option<Socket> {
        let mut sockets = self.sockets.borrow_mut();
        let index = sockets.iter().position(|(of, _)| *of == generation)?;
        Some(sockets.swap_remove(index).1)
    }

    pub(super) fn write(&self, generation: u32, text: &JsString) {
        if let Some((_, socket)) = self.sockets.borrow().iter().find(|(of, _)| *of == generation) {
            socket.write(text);
        }
    }

    pub(super) fn is_writable(&self) -> bool {
        let live = self.machine.borrow().live();
        self.sockets.borrow().iter().any(|(generation, socket)| live == Some(*generation) && socket.is_writable())
    }

    pub(super) fn close(self: &Rc<Self>, code: u16, reason: &str) {
        self.close_reason.replace(reason.to_owned());
        // First, since a listener that hears of the close may open again, and then listens to the page anew.
        self.page.take();
        self.input(Input::Close { code });
    }

    pub(super) fn listen_to_page(self: &Rc<Self>) {
        if self.page.borrow().is_some() {
            return;
        }
        let client = Rc::downgrade(self);
        let signals = PageSignals::listen(move |event| {
            if let Some(inner) = client.upgrade() {
                inner.input(match event {
                    PageEvent::Online => Input::Online,
                    PageEvent::Offline => Input::Offline,
                    PageEvent::Wake => Input::Wake,
                    PageEvent::Visibility { visible } => Input::Visibility { visible },
                    PageEvent::Hidden => Input::PageHidden,
                    PageEvent::Shown => Input::PageShown,
                });
            }
        });
        // An event tells only of a change, and this page may have been opened in a hidden tab.
        let visible = signals.is_visible();
        self.page.replace(Some(signals));
        self.input(Input::Visibility { visible });
    }

    pub(super) fn set_alarm(self: &Rc<Self>) {
        let deadline = self.machine.borrow().deadline();
        if self.alarm.borrow().as_ref().map(Alarm::at) == deadline {
            return;
        }
        let alarm = deadline.map(|at| {
            let client = Rc::downgrade(self);
            Alarm::set(at, move || {
                if let Some(inner) = client.upgrade() {
                    inner.alarm.take();
                    inner.input(Input::Tick);
                }
            })
        });
        self.alarm.replace(alarm);
    }
}
