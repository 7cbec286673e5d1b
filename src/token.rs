//! The token's text, and what the machine may know of it.

use everwire_core::{Claims, Millis, fingerprint, payload};
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;

/// Reads a JWT's claims without verifying it, which only the server can. Any other token has a fingerprint alone.
pub(crate) fn claims(token: &str) -> Claims {
    let body = payload(token).and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|text| JSON::parse(&text).ok());
    let claim = |name: &str| body.as_ref().and_then(|body| Reflect::get(body, &name.into()).ok());
    let seconds = |name: &str| claim(name).and_then(|value| value.as_f64()).and_then(millis);
    let text = |name: &str| claim(name).and_then(|value: JsValue| value.as_string());
    Claims {
        expires_at: seconds("exp"),
        issued_at: seconds("iat"),
        subject: text("sub").or_else(|| text("identity")).map(|subject| fingerprint(&subject)),
        fingerprint: fingerprint(token),
    }
}

/// Seconds of a NumericDate (RFC 7519 section 2) in milliseconds. What is no time says nothing.
fn millis(seconds: f64) -> Option<Millis> {
    if seconds.is_finite() && seconds >= 0.0 { Some((seconds * 1_000.0) as Millis) } else { None }
}
