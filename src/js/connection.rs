use js_sys::JsString;
use wasm_bindgen::prelude::*;

use super::host::Host;
use crate::{Client, Config, Notice, TokenError, TokenSource};

/// One client as JavaScript holds it. Freeing it closes the socket.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Connection {
    client: Client,
}

#[wasm_bindgen]
impl Connection {
    /// Makes a connection that does nothing before `open`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        url: String,
        token_parameter: String,
        lock_name: Option<String>,
        has_token: bool,
        host: Host,
    ) -> Result<Connection, JsError> {
        let source = has_token.then(|| TokenSource::from_source(host.clone()));
        let client = Client::new(url, token_parameter, lock_name, source, Config::new())?;
        client.observe(move |notice| forward(&host, notice)).forget();
        Ok(Self { client })
    }

    /// Connects, and stays connected.
    pub fn open(&self) {
        self.client.open();
    }

    /// Disconnects.
    pub fn close(&self, code: u16, reason: &str) -> Result<(), JsError> {
        Ok(self.client.close_with(code, reason)?)
    }

    /// Replaces the connection by a new one at once.
    pub fn reconnect(&self) {
        self.client.reconnect();
    }

    /// Sends a JSON text; answers `sent`, `queued` or `dropped`.
    pub fn send(&self, text: JsString) -> Result<String, JsError> {
        Ok(self.client.send_text(text)?.as_str().to_owned())
    }

    /// Answers `getToken` or `refreshToken` of the host.
    pub fn token(&self, generation: u32, token: Option<String>) {
        self.client.answer(generation, Ok(token));
    }

    /// Answers `getToken` or `refreshToken` of the host, which failed.
    #[wasm_bindgen(js_name = tokenFailed)]
    pub fn token_failed(&self, generation: u32, unauthorized: bool) {
        let error = if unauthorized { TokenError::unauthorized("") } else { TokenError::transient("") };
        self.client.answer(generation, Err(error));
    }
}

fn forward(host: &Host, notice: &Notice) {
    let _ = match notice {
        Notice::Event { name, value } => host.event(name, value),
        Notice::GatewayError(detail) => host.gateway_error(detail),
        Notice::MessageError(sample) => host.message_error(sample),
        Notice::Binary(data) => host.binary(data),
        Notice::Drop { message, reason } => host.dropped(message, reason.as_str()),
        Notice::Status(status) => host.status(
            status.state.as_str(),
            status.reason.as_str(),
            status.attempt,
            status.until.map(|until| until as f64),
            status.code,
        ),
        // JavaScript saw the error itself, with its stack.
        Notice::TokenError(_) => Ok(()),
    };
}
