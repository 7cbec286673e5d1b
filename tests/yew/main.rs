//! The Yew provider and hooks in a real browser, below a provider whose handshakes fail or whose sockets are fake.
#![cfg(all(target_arch = "wasm32", feature = "yew"))]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod connection_state;
#[path = "../client/fake_socket.rs"]
#[allow(dead_code, reason = "the client's own tests use the rest")]
mod fake_socket;
mod provider;
mod support;
mod websocket_event;
