//! The browser's WebSocket. The only place in Everwire where one is constructed.

use js_sys::JsString;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What a socket reports.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    /// The handshake succeeded.
    Opened,
    /// A message: a string, or an `ArrayBuffer`.
    Message(JsValue),
    /// It is over, whether it had opened or not. There is no separate error: whatever fails ends in a close, and acting on
    /// both would reconnect twice.
    Closed {
        /// The close code; 1006 if there was no close frame.
        code: u16,
    },
}

/// An open or opening socket. Dropping it takes its handlers off before they are freed, and closes it, while it is still
/// connecting too.
#[derive(Debug)]
pub(crate) struct Socket {
    socket: WebSocket,
    _on_open: Closure<dyn Fn()>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_close: Closure<dyn Fn(CloseEvent)>,
}

impl Socket {
    /// Starts a handshake. `None` if the browser refuses the URL; its exception is not passed on, since it quotes the URL and
    /// the token in it.
    pub(crate) fn open(url: &str, notify: impl Fn(SocketEvent) + Clone + 'static) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_open = Closure::new({
            let notify = notify.clone();
            move || notify(SocketEvent::Opened)
        });
        let on_message = Closure::new({
            let notify = notify.clone();
            move |event: MessageEvent| notify(SocketEvent::Message(event.data()))
        });
        let on_close = Closure::new(move |event: CloseEvent| notify(SocketEvent::Closed { code: event.code() }));
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
    }

    /// Whether a message would go out. In CLOSING the browser swallows it without a word.
    pub(crate) fn is_writable(&self) -> bool {
        self.socket.ready_state() == WebSocket::OPEN
    }

    /// Writes a text message. It throws only while connecting, when nobody writes.
    pub(crate) fn write(&self, text: &JsString) {
        let _ = self.socket.send_with_str(&String::from(text));
    }

    /// Closes with a code and a reason. A browser throws at a reason above 123 bytes, and then the code alone has to do.
    pub(crate) fn close(self, code: u16, reason: &str) {
        self.detach();
        if self.socket.close_with_code_and_reason(code, reason).is_err() {
            let _ = self.socket.close_with_code(code);
        }
    }

    fn detach(&self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.detach();
        let _ = self.socket.close();
    }
}
