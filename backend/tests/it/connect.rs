//! `$connect`, `$disconnect`, and what a message tells the store.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use everwire_backend::{
    App, BoxFuture, Connection, ConnectionState, Connections, Json, Memory, Millis, StoreError, User,
};
use serde_json::{Value, json};

use crate::{
    clock::{NOW, TestClock},
    events::{CONNECTION, connect, disconnect, handle, message},
};

fn app(store: Arc<dyn Connections>, clock: &Arc<TestClock>) -> App {
    App::builder()
        .connections(store)
        .clock(clock.clone())
        .route("whoami", |user: User| async move { Json(json!({ "user": *user })) })
        .build()
        .unwrap()
}

/// A store that fails where it is told to.
#[derive(Debug, Default)]
struct Failing {
    inner: Memory,
    connect: bool,
    /// The write happens, its confirmation is lost.
    confirmation: bool,
    others: bool,
    sweeps: AtomicUsize,
}

impl Failing {
    fn or<'a, T: Send + 'a>(
        &'a self,
        fails: bool,
        real: BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move { if fails { Err(StoreError::Failed("the disk is on fire".into())) } else { real.await } })
    }
}

impl Connections for Failing {
    fn connect<'a>(&'a self, row: &'a Connection) -> BoxFuture<'a, Result<(), StoreError>> {
        let lost = self.confirmation;
        let written = self.or(self.connect, self.inner.connect(row));
        Box::pin(async move {
            written.await?;
            if lost { Err(StoreError::Busy("no confirmation".into())) } else { Ok(()) }
        })
    }
    fn get<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<Option<Connection>, StoreError>> {
        self.or(self.others, self.inner.get(id, now))
    }
    fn activate<'a>(&'a self, id: &'a str, now: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.or(self.others, self.inner.activate(id, now))
    }
    fn of_user<'a>(&'a self, user: &'a str, now: Millis) -> BoxFuture<'a, Result<Vec<Connection>, StoreError>> {
        self.or(self.others, self.inner.of_user(user, now))
    }
    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.or(self.others, self.inner.remove(id))
    }
    fn remove_gone<'a>(&'a self, id: &'a str, connected_at: Millis) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.or(self.others, self.inner.remove_gone(id, connected_at))
    }
    fn sweep(&self, now: Millis) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.sweeps.fetch_add(1, Ordering::SeqCst);
        self.or(self.others, self.inner.sweep(now))
    }
}

#[tokio::test]
async fn a_handshake_without_a_user_or_with_an_impossible_id_is_refused() {
    let store = Arc::new(Memory::new());
    let app = app(store.clone(), &TestClock::at(NOW));
    let without = |path: &[&str]| {
        let mut event = connect("A", "u");
        let (last, parents) = path.split_last().unwrap();
        let parent = parents.iter().fold(&mut event["requestContext"], |value, key| &mut value[*key]);
        parent.as_object_mut().unwrap().remove(*last);
        event
    };
    for (name, event, status) in [
        ("no authorizer", without(&["authorizer"]), 401),
        ("no principalId", without(&["authorizer", "principalId"]), 401),
        ("empty principalId", connect("A", ""), 401),
        ("no id", without(&["connectionId"]), 400),
        ("empty id", connect("", "u"), 400),
        ("an id that is a path", connect("../../other", "u"), 400),
        ("an id that is a URL", connect("http://169.254.169.254/", "u"), 400),
        ("an id with a line break", connect("A\nB", "u"), 400),
        ("an id of 1 KB", connect(&"a".repeat(1_024), "u"), 400),
    ] {
        assert_eq!(handle(&app, &event).await.unwrap(), json!({ "statusCode": status }), "{name}");
    }
    assert_eq!(store.sweep(Millis::MAX).await.unwrap(), 0, "no row was left");
}

#[tokio::test]
async fn a_store_that_fails_refuses_the_handshake_and_leaves_no_row() {
    for (name, store) in [
        ("not written", Failing { connect: true, ..Failing::default() }),
        ("written, but not confirmed", Failing { confirmation: true, ..Failing::default() }),
        ("nothing works", Failing { connect: true, others: true, ..Failing::default() }),
    ] {
        let store = Arc::new(store);
        let answer = handle(&app(store.clone(), &TestClock::at(NOW)), &connect("A", "u")).await.unwrap();
        assert_eq!(answer, json!({ "statusCode": 503 }), "{name}");
        assert_eq!(store.inner.get("A", NOW).await.unwrap(), None, "{name}");
    }
}

#[tokio::test]
async fn a_store_that_fails_does_not_take_messages_with_it() {
    let app = app(Arc::new(Failing { others: true, ..Failing::default() }), &TestClock::at(NOW));
    let answer = handle(&app, &message("A", "u", r#"{"action":"whoami"}"#)).await.unwrap();
    assert_eq!(answer["body"], r#"{"user":"u"}"#);
    let failure = handle(&app, &disconnect("A")).await.unwrap_err();
    assert_eq!(
        (failure.error_type.as_str(), failure.error_message.as_str()),
        ("StoreError", "the store failed: the disk is on fire")
    );
}

#[tokio::test]
async fn a_disconnect_takes_its_own_connection_and_no_other() {
    let store = Arc::new(Memory::new());
    let app = app(store.clone(), &TestClock::at(NOW));
    for id in ["A", "B"] {
        handle(&app, &connect(id, "u")).await.unwrap();
    }
    for (name, id) in [("the first", "A"), ("again", "A"), ("one that never was", "Z"), ("none", "")] {
        assert_eq!(handle(&app, &disconnect(id)).await.unwrap(), json!({ "statusCode": 200 }), "{name}");
    }
    let left: Vec<_> = store.of_user("u", NOW).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(left, ["B"]);

    handle(&app, &disconnect("C")).await.unwrap();
    handle(&app, &connect("C", "u")).await.unwrap();
    assert!(
        store.get("C", NOW).await.unwrap().is_some(),
        "a $disconnect that came before its $connect changes nothing"
    );
}

#[tokio::test]
async fn a_message_shows_that_the_connection_lives() {
    let store = Arc::new(Memory::new());
    let clock = TestClock::at(NOW);
    let app = app(store.clone(), &clock);
    handle(&app, &connect("A", "u")).await.unwrap();
    assert_eq!(store.get("A", NOW).await.unwrap().unwrap().state, ConnectionState::Connected);

    for body in ["not JSON", r#"{"action":"ws.ping"}"#] {
        handle(&app, &connect("A", "u")).await.unwrap();
        clock.advance(Duration::from_millis(5));
        handle(&app, &message("A", "u", body)).await.unwrap();
        let row = store.get("A", NOW).await.unwrap().unwrap();
        assert_eq!(row.state, ConnectionState::Live, "{body}");
        assert!(row.last_seen > NOW);
    }
    handle(&app, &message("Z", "u", "{}")).await.unwrap();
    assert_eq!(store.get("Z", NOW).await.unwrap(), None, "a message never makes a row: its connection may have ended");
}

#[tokio::test]
async fn a_message_without_the_authorizers_words_is_known_by_its_row() {
    let store = Arc::new(Memory::new());
    let app = app(store, &TestClock::at(NOW));
    handle(&app, &connect(CONNECTION, "u")).await.unwrap();
    let mut event = message(CONNECTION, "ignored", r#"{"action":"whoami"}"#);
    event["requestContext"].as_object_mut().unwrap().remove("authorizer");
    let answer = handle(&app, &event).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(answer["body"].as_str().unwrap()).unwrap(), json!({ "user": "u" }));
}

#[tokio::test]
async fn a_gateway_clock_that_is_ahead_does_not_keep_a_row_young() {
    let store = Arc::new(Memory::new());
    let app = app(store.clone(), &TestClock::at(NOW));
    let mut event = connect("A", "u");
    event["requestContext"]["connectedAt"] = json!(u64::MAX);
    handle(&app, &event).await.unwrap();
    assert_eq!(store.get("A", NOW).await.unwrap().unwrap().connected_at, NOW);
}

#[tokio::test]
async fn handshakes_sweep_expired_rows_every_five_minutes_at_most() {
    let store = Arc::new(Failing::default());
    let clock = TestClock::at(NOW);
    let app = app(store.clone(), &clock);
    for id in ["A", "B", "C"] {
        handle(&app, &connect(id, "u")).await.unwrap();
    }
    assert_eq!(store.sweeps.load(Ordering::SeqCst), 1);
    clock.advance(Duration::from_secs(2 * 3600 + 600));
    handle(&app, &connect("D", "u")).await.unwrap();
    assert_eq!(store.sweeps.load(Ordering::SeqCst), 2);
    assert_eq!(store.inner.sweep(Millis::MAX).await.unwrap(), 1, "only D was left");
}
