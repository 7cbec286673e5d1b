//! Against a running demo.

use std::cell::RefCell;
use std::rc::Rc;

use everwire::{Client, Message, Notice, RefreshReason, Sent, State, TokenError, TokenSource};
use gloo_net::http::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::support::{notice, state, status};

/// Where the demo is, if there is one.
const DEMO: Option<&str> = option_env!("EVERWIRE_TEST_URL");

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    access_token: String,
    refresh_token: String,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Echo {
    text: String,
}

impl Message for Echo {
    const NAME: &'static str = "echo";
}

struct Session {
    base: &'static str,
    tokens: Rc<RefCell<Tokens>>,
    refreshes: Rc<RefCell<Vec<RefreshReason>>>,
}

impl Session {
    /// Signs in; none without a demo, which the test's output says.
    async fn start(user: &str) -> Option<Self> {
        let Some(base) = DEMO else {
            console_log!("not run: EVERWIRE_TEST_URL was not set when this was compiled");
            return None;
        };
        let tokens = post(base, "/demo/login", &json!({ "user": user })).await.expect("the demo signs anybody in");
        Some(Self { base, tokens: Rc::new(RefCell::new(tokens)), refreshes: Rc::default() })
    }

    fn client(&self) -> Client {
        let get = Rc::clone(&self.tokens);
        let (base, tokens, refreshes) = (self.base, Rc::clone(&self.tokens), Rc::clone(&self.refreshes));
        let source = TokenSource::new(
            move || {
                let tokens = get.borrow().clone();
                async move { Ok(Some(tokens.access_token)) }
            },
            move |reason| {
                refreshes.borrow_mut().push(reason);
                let tokens = Rc::clone(&tokens);
                async move {
                    let refresh_token = tokens.borrow().refresh_token.clone();
                    let fresh = post(base, "/demo/refresh", &json!({ "refreshToken": refresh_token })).await;
                    let fresh = fresh.map_err(TokenError::transient)?;
                    tokens.replace(fresh.clone());
                    Ok(fresh.access_token)
                }
            },
        );
        let url = format!("{}/dev", self.base.replacen("http", "ws", 1));
        Client::builder(url).token(source).build().unwrap()
    }

    /// Calls an endpoint that wants the access token.
    async fn call(&self, path: &str, body: &Value) -> u16 {
        let bearer = format!("Bearer {}", self.tokens.borrow().access_token);
        let request = Request::post(&format!("{}{path}", self.base)).header("authorization", &bearer).json(body);
        request.unwrap().send().await.unwrap().status()
    }
}

async fn post(base: &str, path: &str, body: &Value) -> Result<Tokens, String> {
    let response = Request::post(&format!("{base}{path}")).json(body).unwrap().send().await;
    let response = response.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(format!("{path} answered {}", response.status()));
    }
    response.json().await.map_err(|error| error.to_string())
}

#[wasm_bindgen_test]
async fn what_was_sent_before_the_connection_comes_back_typed_and_in_order() {
    let Some(session) = Session::start("typed").await else { return };
    let client = session.client();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&seen);
    let subscription = client.on(move |echo: Echo| log.borrow_mut().push(echo.text));
    assert_eq!(client.send(&json!({"action": "echo", "text": "é, first"})).unwrap(), Sent::Queued);
    client.open();
    state(&client, State::Open).await;
    notice(&client, |notice| matches!(notice, Notice::Event { .. })).await;
    assert_eq!(client.send(&json!({"action": "echo", "text": "second"})).unwrap(), Sent::Sent);
    notice(&client, |notice| matches!(notice, Notice::Event { .. })).await;
    assert_eq!(*seen.borrow(), ["é, first", "second"]);
    drop(subscription);
    client.close();
}

#[wasm_bindgen_test]
async fn an_event_that_another_process_pushes_arrives() {
    let Some(session) = Session::start("pushed").await else { return };
    let client = session.client();
    client.open();
    state(&client, State::Open).await;
    let arrived = notice(&client, |notice| match notice {
        Notice::Event { name, .. } => name.as_string().as_deref() == Some("order.updated"),
        _ => false,
    });
    assert_eq!(session.call("/demo/push", &json!({"action": "order.updated", "id": 7})).await, 200);
    arrived.await;
    client.close();
}

#[wasm_bindgen_test]
async fn a_function_that_fails_is_a_gateway_error_and_the_connection_stays() {
    let Some(session) = Session::start("failing").await else { return };
    let client = session.client();
    client.open();
    state(&client, State::Open).await;
    client.send(&json!({"action": "echo", "fail": true})).unwrap();
    notice(&client, |notice| matches!(notice, Notice::GatewayError(_))).await;
    assert_eq!(client.status().state, State::Open);
    client.send(&json!({"action": "echo", "text": "still here"})).unwrap();
    notice(&client, |notice| matches!(notice, Notice::Event { .. })).await;
    client.close();
}

#[wasm_bindgen_test]
async fn an_event_that_does_not_fit_its_type_is_reported_and_not_lost_in_silence() {
    let Some(session) = Session::start("misfit").await else { return };
    let client = session.client();
    let subscription = client.on(|_: Echo| panic!("the text is no number"));
    client.open();
    state(&client, State::Open).await;
    client.send(&json!({"action": "echo", "text": 5})).unwrap();
    notice(&client, |notice| matches!(notice, Notice::MessageError(text) if text.starts_with("echo does not fit")))
        .await;
    drop(subscription);
    client.close();
}

#[wasm_bindgen_test]
async fn a_token_that_the_server_refuses_is_refreshed_once_and_the_client_is_back() {
    let Some(session) = Session::start("refused").await else { return };
    let client = session.client();
    client.open();
    state(&client, State::Open).await;
    let before = session.tokens.borrow().access_token.clone();
    assert_eq!(session.call("/demo/expire", &Value::Null).await, 204);
    client.reconnect();
    status(&client, |status| status.state == State::Waiting && status.attempt == 2).await;
    state(&client, State::Open).await;
    assert_ne!(session.tokens.borrow().access_token, before);
    assert_eq!(*session.refreshes.borrow(), [RefreshReason::Rejected]);
    client.close();
}
