//! The client in a real browser. Alone, these tests meet no server: every handshake fails. With `EVERWIRE_TEST_URL` set at
//! compile time (`http://127.0.0.1:4400`), `live` runs against a demo too.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod closing;
mod failing_handshakes;
mod fake_socket;
mod keeping_alive;
mod live;
mod outbound;
mod page;
mod single_flight;
mod support;
mod traffic;
