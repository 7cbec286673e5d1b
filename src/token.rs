//! The token's text, and what the machine may know of it.

use everwire_core::{Claims, Millis, fingerprint, payload};
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;

/// Reads a JWT's claims without verifying it, which only the server can. Any other token has a fingerprint alone.
pub(crate) fn claims(token: &str) -> Claims {
    let body = payload(token).and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|text| JSON::parse(&text).ok());
    let claim = |name: &str| body.as_ref().and_then(|body| Reflect::get(body, &name.into()).ok());
    let seconds = |name: &str| claim(name).and_then(|value| value.as_f64()).and_then(millis);
    let subject = |name: &str| claim(name).filter(|value| !value.is_undefined());
    Claims {
        expires_at: seconds("exp"),
        issued_at: seconds("iat"),
        subject: subject("sub").or_else(|| subject("identity")).and_then(name).map(|subject| fingerprint(&subject)),
        fingerprint: fingerprint(token),
    }
}

/// A user's name; issuers with integer user ids write them as they are.
fn name(subject: JsValue) -> Option<String> {
    let is_number = subject.as_f64().is_some();
    let number = || JSON::stringify(&subject).ok().filter(|_| is_number).map(String::from);
    subject.as_string().or_else(number)
}

/// Seconds of a NumericDate (RFC 7519 section 2) in milliseconds. What is no time says nothing.
fn millis(seconds: f64) -> Option<Millis> {
    if seconds.is_finite() && seconds >= 0.0 { Some((seconds * 1_000.0) as Millis) } else { None }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use everwire_core::{Claims, fingerprint};
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::claims;

    wasm_bindgen_test_configure!(run_in_browser);

    /// `{"sub":"42","iat":1800000000,"exp":1800000120}`
    const JWT: &str = "e30.eyJzdWIiOiI0MiIsImlhdCI6MTgwMDAwMDAwMCwiZXhwIjoxODAwMDAwMTIwfQ.c2ln";
    /// `{"identity":"é","exp":"soon","iat":-1}`
    const ODD: &str = "e30.eyJpZGVudGl0eSI6IsOpIiwiZXhwIjoic29vbiIsImlhdCI6LTF9.c2ln";

    #[wasm_bindgen_test]
    fn the_times_and_the_subject_of_a_jwt_are_read() {
        let expected = Claims {
            expires_at: Some(1_800_000_120_000),
            issued_at: Some(1_800_000_000_000),
            subject: Some(fingerprint("42")),
            fingerprint: fingerprint(JWT),
        };
        assert_eq!(claims(JWT), expected);
    }

    #[wasm_bindgen_test]
    fn a_claim_that_is_no_time_says_nothing_and_identity_stands_in_for_sub() {
        let expected = Claims { subject: Some(fingerprint("é")), fingerprint: fingerprint(ODD), ..Claims::default() };
        assert_eq!(claims(ODD), expected);
    }

    #[wasm_bindgen_test]
    fn a_subject_may_be_a_number_and_the_first_claim_that_is_there_names_it() {
        // {"sub":42,"identity":"x"}, {"identity":7}, {"sub":{},"identity":"x"}
        for (token, subject) in [
            ("e30.eyJzdWIiOjQyLCJpZGVudGl0eSI6IngifQ.c2ln", Some("42")),
            ("e30.eyJpZGVudGl0eSI6N30.c2ln", Some("7")),
            ("e30.eyJzdWIiOnt9LCJpZGVudGl0eSI6IngifQ.c2ln", None),
        ] {
            assert_eq!(claims(token).subject, subject.map(fingerprint), "{token}");
        }
    }

    #[wasm_bindgen_test]
    fn a_token_of_another_kind_has_a_fingerprint_alone() {
        for token in ["opaque", "a.b.c", "e30.bnVsbA.c2ln", "e30.-_8.c2ln"] {
            assert_eq!(claims(token), Claims { fingerprint: fingerprint(token), ..Claims::default() }, "{token}");
        }
    }
}
