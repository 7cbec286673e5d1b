use everwire::{Client, Config, Expect, Liveness, Reason, Rotation, State};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fake_socket::FakeSockets;
use crate::support::{NOWHERE, status, until};

const PING: &str = r#"{"action":"ws.ping"}"#;
const PONG: &str = r#"{"action":"ws.pong"}"#;

fn client(config: Config) -> Client {
    Client::builder(NOWHERE).config(config).build().unwrap()
}

#[wasm_bindgen_test]
async fn silence_is_broken_by_a_ping_and_a_pong_is_no_event() {
    let sockets = FakeSockets::install();
    let client = client(Config::new().with_liveness(Liveness::new().with_silence(1_000)));
    let subscription = client.on_message(|message| panic!("{message:?} is no event"));
    client.open();
    sockets.last().opens();
    assert_eq!(sockets.last().written(), [PING]);
    let socket = sockets.last();
    for pings in [2, 3] {
        socket.receives(PONG);
        until(|| socket.written().len() == pings).await;
    }
    assert_eq!(client.status().state, State::Open);
    drop(subscription);
    client.close();
}

#[wasm_bindgen_test]
async fn a_server_that_stops_to_answer_is_left_without_waiting_for_a_close() {
    let sockets = FakeSockets::install();
    let liveness = Liveness::new().with_silence(1_000).with_deadline(20).with_expect(Expect::Always);
    let client = client(Config::new().with_liveness(liveness).with_stable_after(1));
    client.open();
    sockets.last().opens();
    sockets.last().receives(PONG);
    let left = status(&client, |status| status.reason == Reason::Unresponsive).await;
    assert_eq!(left.state, State::Connecting);
    assert_eq!(sockets.all().len(), 2);
    assert!(sockets.all()[0].is_detached());
    client.close();
}

#[wasm_bindgen_test]
async fn an_old_connection_serves_until_the_new_one_stands_and_is_heard_for_a_moment_more() {
    let sockets = FakeSockets::install();
    let rotation = Rotation::new().with_age(20, 20).with_overlap(30);
    let config = Config::new().with_rotation(rotation).with_liveness(Liveness::new().without_ping());
    let client = client(config);
    client.open();
    let old = sockets.last();
    old.opens();
    status(&client, |status| status.state == State::Rotating).await;
    let new = sockets.last();
    client.send(&json!("by the old one")).unwrap();
    new.opens();
    client.send(&json!("by the new one")).unwrap();
    assert_eq!(
        (old.written(), new.written()),
        (vec![r#""by the old one""#.into()], vec![r#""by the new one""#.into()])
    );

    let heard = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = std::rc::Rc::clone(&heard);
    let subscription = client.on_message(move |_| count.set(count.get() + 1));
    old.receives(r#"{"action":"late"}"#);
    new.receives(r#"{"action":"new"}"#);
    assert_eq!(heard.get(), 2);
    until(|| !old.closes().is_empty()).await;
    assert!(old.is_detached());
    assert_eq!(old.closes(), ["1000"]);
    drop(subscription);
    client.close();
}
