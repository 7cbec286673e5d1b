//! A stand-in for the browser's WebSocket that no network decides about: the test opens, fills and closes it. It keeps what
//! a client did to it, and refuses what a browser refuses.

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = "
const own = globalThis.WebSocket;
const sockets = [];
class FakeSocket {
  constructor(url) {
    if (url.includes('#')) throw new SyntaxError('a fragment');
    Object.assign(this, { url, readyState: 0, sent: [], closed: [] });
    this.onopen = this.onmessage = this.onclose = null;
    sockets.push(this);
  }
  send(text) { this.sent.push(text); }
  close(code, reason) {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) throw new DOMException('', 'InvalidAccessError');
    if (new TextEncoder().encode(reason ?? '').length > 123) throw new DOMException('', 'SyntaxError');
    if (this.readyState < 2) this.closed.push(`${code} ${reason ?? ''}`.trim());
    this.readyState = Math.max(this.readyState, 2);
  }
}
Object.assign(FakeSocket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
export function install() { sockets.length = 0; globalThis.WebSocket = FakeSocket; }
export function uninstall() { globalThis.WebSocket = own; }
export function all() { return [...sockets]; }
")]
extern "C" {
    fn install();
    fn uninstall();
    fn all() -> Array;

    /// One socket that a client made.
    pub(crate) type FakeSocket;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn url(this: &FakeSocket) -> String;
    #[wasm_bindgen(method, setter = readyState)]
    fn set_ready_state(this: &FakeSocket, state: u16);
    #[wasm_bindgen(method, getter)]
    fn sent(this: &FakeSocket) -> Array;
    #[wasm_bindgen(method, getter)]
    fn closed(this: &FakeSocket) -> Array;
    #[wasm_bindgen(method, getter)]
    fn onopen(this: &FakeSocket) -> Option<js_sys::Function>;
    #[wasm_bindgen(method, getter)]
    fn onmessage(this: &FakeSocket) -> Option<js_sys::Function>;
    #[wasm_bindgen(method, getter)]
    fn onclose(this: &FakeSocket) -> Option<js_sys::Function>;
}

impl FakeSocket {
    pub(crate) fn opens(&self) {
        self.set_ready_state(1);
        if let Some(handler) = self.onopen() {
            handler.call0(self).unwrap();
        }
    }

    pub(crate) fn receives(&self, text: &str) {
        if let Some(handler) = self.onmessage() {
            let init = web_sys::MessageEventInit::new();
            init.set_data(&text.into());
            handler.call1(self, &web_sys::MessageEvent::new_with_event_init_dict("message", &init).unwrap()).unwrap();
        }
    }

    /// The other side begins to close: what is written from now on, a browser swallows.
    pub(crate) fn begins_to_close(&self) {
        self.set_ready_state(2);
    }

    pub(crate) fn is_lost(&self, code: u16) {
        self.set_ready_state(3);
        if let Some(handler) = self.onclose() {
            let init = web_sys::CloseEventInit::new();
            init.set_code(code);
            handler.call1(self, &web_sys::CloseEvent::new_with_event_init_dict("close", &init).unwrap()).unwrap();
        }
    }

    /// Whether nobody listens to it any more.
    pub(crate) fn is_detached(&self) -> bool {
        self.onopen().is_none() && self.onmessage().is_none() && self.onclose().is_none()
    }

    /// What was written to it.
    pub(crate) fn written(&self) -> Vec<String> {
        strings(&self.sent())
    }

    /// The codes and reasons with which it was closed.
    pub(crate) fn closes(&self) -> Vec<String> {
        strings(&self.closed())
    }
}

fn strings(array: &Array) -> Vec<String> {
    array.iter().map(|value| String::from(value.unchecked_ref::<JsString>())).collect()
}

/// Every socket that is made while this lives is a fake one.
#[must_use = "the browser's own WebSocket comes back when this is dropped"]
pub(crate) struct FakeSockets(());

impl FakeSockets {
    pub(crate) fn install() -> Self {
        install();
        Self(())
    }

    pub(crate) fn all(&self) -> Vec<FakeSocket> {
        all().iter().map(JsCast::unchecked_into).collect()
    }

    pub(crate) fn last(&self) -> FakeSocket {
        self.all().pop().expect("a socket")
    }
}

impl Drop for FakeSockets {
    fn drop(&mut self) {
        uninstall();
    }
}
