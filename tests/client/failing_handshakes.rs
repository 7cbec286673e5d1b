use everwire::{Backoff, Client, Config, Reason, RefreshReason, State};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Issuer, NOWHERE, state, status};

fn quick() -> Config {
    Config::new().with_backoff(Backoff::new().with_floor(1).with_base(1).with_cap(2))
}

#[wasm_bindgen_test]
async fn a_handshake_that_fails_is_waited_out_and_tried_again() {
    let client = Client::builder(NOWHERE).config(quick()).build().unwrap();
    assert_eq!(client.status().state, State::Idle, "inert until it is opened");
    client.open();
    let first = status(&client, |status| status.state == State::Waiting).await;
    assert_eq!((first.reason, first.attempt, first.code), (Reason::HandshakeFailed, 1, Some(1006)));
    assert!(first.until.is_some());
    let second = status(&client, |status| status.state == State::Waiting && status.attempt == 2).await;
    assert_eq!(second.reason, Reason::HandshakeFailed);
    client.close();
    assert_eq!(client.status().state, State::Closed);
}

#[wasm_bindgen_test]
async fn two_handshakes_that_fail_force_one_refresh() {
    let issuer = Issuer::default();
    issuer.stored.replace(Some("stale".to_owned()));
    let client = Client::builder(NOWHERE).token(issuer.source()).config(quick()).build().unwrap();
    client.open();
    status(&client, |status| status.attempt == 6).await;
    assert_eq!(*issuer.refreshes.borrow(), [RefreshReason::Rejected]);
    client.close();
}

#[wasm_bindgen_test]
async fn nobody_signed_in_is_waited_for_until_the_app_opens_again() {
    let issuer = Issuer::default();
    issuer.signed_out.set(true);
    let client = Client::builder(NOWHERE).token(issuer.source()).config(quick()).build().unwrap();
    client.open();
    let status = state(&client, State::AuthRequired).await;
    assert_eq!(status.reason, Reason::Unauthorized);
    assert_eq!(*issuer.refreshes.borrow(), [RefreshReason::Initial]);

    issuer.signed_out.set(false);
    client.open();
    state(&client, State::Waiting).await;
    assert_eq!(issuer.refreshes.borrow().len(), 2);
    client.close();
}

#[wasm_bindgen_test]
async fn a_listener_may_close_and_drop_the_client_from_inside() {
    let client = Client::builder(NOWHERE).build().unwrap();
    let held = std::rc::Rc::new(std::cell::RefCell::new(Some(client.clone())));
    client
        .on_status({
            let held = std::rc::Rc::clone(&held);
            move |status| {
                if status.state == State::Waiting
                    && let Some(client) = held.take()
                {
                    client.close();
                }
            }
        })
        .forget();
    client.open();
    let status = state(&client, State::Closed).await;
    assert_eq!(status.until, None);
    assert!(held.borrow().is_none());
}

#[wasm_bindgen_test]
fn a_url_that_would_send_the_token_in_clear_text_is_refused() {
    for url in ["ws://example.com/prod", "https://example.com", "", "wss://"] {
        let error = Client::builder(url).build().unwrap_err();
        assert!(error.is_url(), "{url}");
    }
}
