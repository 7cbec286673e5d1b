use everwire_core::RefreshReason;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::client::Answer;
use crate::token_source::Source;

#[wasm_bindgen(typescript_custom_section)]
const HOST: &str = r#"
/** What the JavaScript side implements. */
export interface Host {
    getToken(generation: number): void;
    refreshToken(generation: number, reason: "initial" | "expiring" | "rejected" | "wake", signal: AbortSignal): void;
    event(name: string | undefined, value: unknown): void;
    gatewayError(detail: unknown): void;
    messageError(sample: string): void;
    binary(data: ArrayBuffer): void;
    drop(message: string, reason: string): void;
    status(state: string, reason: string, attempt: number, until: number | undefined, code: number | undefined): void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The JavaScript side of one connection. It catches what its users' callbacks throw; `catch` here keeps whatever
    /// slips through from unwinding into WebAssembly.
    #[wasm_bindgen(typescript_type = "Host")]
    #[derive(Clone, Debug)]
    pub type Host;

    #[wasm_bindgen(method, catch, js_name = getToken)]
    fn get_token(this: &Host, generation: u32) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = refreshToken)]
    fn refresh_token(this: &Host, generation: u32, reason: &str, signal: AbortSignal) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn event(this: &Host, name: &JsValue, value: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = gatewayError)]
    pub(super) fn gateway_error(this: &Host, detail: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = messageError)]
    pub(super) fn message_error(this: &Host, sample: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn binary(this: &Host, data: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = drop)]
    pub(super) fn dropped(this: &Host, message: &JsValue, reason: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn status(
        this: &Host,
        state: &str,
        reason: &str,
        attempt: u32,
        until: Option<f64>,
        code: Option<u16>,
    ) -> Result<(), JsValue>;
}

/// A token source whose promises live in JavaScript: it is asked with a generation, and the answer comes back through
/// `Connection.token` and `Connection.tokenFailed`.
impl Source for Host {
    fn get(&self, answer: Answer) {
        let _ = self.get_token(answer.generation());
    }

    fn refresh(&self, reason: RefreshReason, signal: AbortSignal, answer: Answer) {
        let _ = self.refresh_token(answer.generation(), reason.as_str(), signal);
    }
}
