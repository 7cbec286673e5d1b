//! One conformance suite for all stores, each test in a store of its own.

use std::sync::Arc;

use everwire_backend::{Claims, Connection, ConnectionState, Connections, Memory, Millis, Mode};
use serde_json::json;

use crate::clock::NOW;

/// A store, and what must live as long as it does.
pub(crate) struct Engine {
    pub(crate) store: Arc<dyn Connections>,
    _folder: Option<tempfile::TempDir>,
}

pub(crate) fn memory() -> Engine {
    Engine { store: Arc::new(Memory::new()), _folder: None }
}

#[cfg(feature = "sqlite")]
pub(crate) fn sqlite() -> Engine {
    let folder = tempfile::tempdir().unwrap();
    let store = everwire_backend::Sqlite::open(folder.path().join("store.db")).unwrap();
    Engine { store: Arc::new(store), _folder: Some(folder) }
}

/// Each test on each engine, in a store of its own.
macro_rules! conformance {
    ($($test:ident),* $(,)?) => {
        mod on_memory {
            $(#[tokio::test] async fn $test() { let engine = super::memory(); super::$test(&*engine.store).await; })*
        }
        #[cfg(feature = "sqlite")]
        mod on_sqlite {
            $(#[tokio::test] async fn $test() { let engine = super::sqlite(); super::$test(&*engine.store).await; })*
        }
    };
}

conformance!(
    a_row_comes_back_as_it_was_written,
    an_absent_row_is_no_error,
    of_user_finds_that_users_rows_alone_in_order,
    names_are_compared_as_they_are,
    a_row_that_comes_again_replaces_the_old_one,
    the_first_sign_of_life_makes_a_row_live,
    last_seen_moves_in_steps_and_never_back,
    a_row_is_invisible_from_its_expiry_on,
    sweep_deletes_what_has_expired_and_nothing_else,
    remove_is_by_id_and_may_be_repeated,
    remove_gone_spares_a_later_connection_of_the_same_id,
    a_row_survives_many_writers_at_once,
);

pub(crate) fn row(id: &str, user: &str) -> Connection {
    Connection {
        id: id.to_owned(),
        user: user.to_owned(),
        claims: Claims::default(),
        exp: None,
        state: ConnectionState::Connected,
        mode: Mode::Plain,
        connected_at: NOW,
        last_seen: NOW,
        domain: "abcdef123.execute-api.us-east-1.amazonaws.com".to_owned(),
        stage: "prod".to_owned(),
        expires_at: NOW + 7_800_000,
    }
}

async fn ids(store: &dyn Connections, user: &str, now: Millis) -> Vec<String> {
    store.of_user(user, now).await.unwrap().into_iter().map(|row| row.id).collect()
}

async fn a_row_comes_back_as_it_was_written(store: &dyn Connections) {
    let claims: Claims = serde_json::from_value(json!({
        "tenant": "t#9\n'\"\u{0}ä", "rooms": ["a", {"b": [1.5, -7, null, true]}], "exp": 1_701_248_641, "big": u64::MAX
    }))
    .unwrap();
    for row in [
        row("A=", "u"),
        Connection {
            claims,
            exp: Some(253_402_300_799),
            state: ConnectionState::Live,
            connected_at: 1,
            last_seen: NOW + 3,
            ..row("B-_", "tenant#u")
        },
        Connection {
            domain: String::new(),
            stage: String::new(),
            expires_at: i64::MAX as u64,
            exp: Some(0),
            connected_at: 0,
            last_seen: 0,
            ..row("C", "ä\u{0}'; --")
        },
    ] {
        store.connect(&row).await.unwrap();
        assert_eq!(store.get(&row.id, NOW).await.unwrap(), Some(row.clone()));
        assert_eq!(store.of_user(&row.user, NOW).await.unwrap(), [row]);
    }
}

async fn an_absent_row_is_no_error(store: &dyn Connections) {
    assert_eq!(store.get("A", NOW).await.unwrap(), None);
    assert_eq!(store.of_user("u", NOW).await.unwrap(), []);
    assert!(!store.activate("A", NOW).await.unwrap());
    assert!(!store.remove("A").await.unwrap());
    assert!(!store.remove_gone("A", NOW).await.unwrap());
    assert_eq!(store.sweep(Millis::MAX).await.unwrap(), 0);
    assert_eq!(store.get("A", NOW).await.unwrap(), None, "activate makes no row");
}

async fn of_user_finds_that_users_rows_alone_in_order(store: &dyn Connections) {
    for (id, user, connected_at) in
        [("B", "u", NOW + 1), ("C", "u", NOW), ("A", "u", NOW + 1), ("D", "v", NOW), ("E", "u", NOW - 1)]
    {
        store.connect(&Connection { connected_at, ..row(id, user) }).await.unwrap();
    }
    assert_eq!(ids(store, "u", NOW).await, ["E", "C", "A", "B"]);
    assert_eq!(ids(store, "v", NOW).await, ["D"]);
}

async fn names_are_compared_as_they_are(store: &dyn Connections) {
    let users = ["u", "U", "u ", " u", "u\0", "u%", "u_", "*", "u#1", "ü", "u\u{308}", ""];
    for (n, user) in users.iter().enumerate() {
        store.connect(&row(&format!("id{n}"), user)).await.unwrap();
    }
    for (n, user) in users.iter().enumerate() {
        assert_eq!(ids(store, user, NOW).await, [format!("id{n}")], "{user:?}");
    }
    for id in ["ID1", "id1 ", "id%", "id_", "id1\0"] {
        assert_eq!(store.get(id, NOW).await.unwrap(), None, "{id:?}");
        assert!(!store.remove(id).await.unwrap(), "{id:?}");
    }
}

async fn a_row_that_comes_again_replaces_the_old_one(store: &dyn Connections) {
    store.connect(&row("A", "u")).await.unwrap();
    store.activate("A", NOW).await.unwrap();
    let again = Connection { connected_at: NOW + 5, ..row("A", "v") };
    store.connect(&again).await.unwrap();
    assert_eq!(store.get("A", NOW).await.unwrap(), Some(again));
    assert_eq!(ids(store, "u", NOW).await, [""; 0]);
    assert_eq!(ids(store, "v", NOW).await, ["A"]);
}

async fn the_first_sign_of_life_makes_a_row_live(store: &dyn Connections) {
    store.connect(&row("A", "u")).await.unwrap();
    store.connect(&row("B", "u")).await.unwrap();
    assert!(store.activate("A", NOW + 7).await.unwrap());
    let expected = Connection { state: ConnectionState::Live, last_seen: NOW + 7, ..row("A", "u") };
    assert_eq!(store.get("A", NOW).await.unwrap(), Some(expected));
    assert_eq!(store.get("B", NOW).await.unwrap(), Some(row("B", "u")), "others are left alone");
}

async fn last_seen_moves_in_steps_and_never_back(store: &dyn Connections) {
    store.connect(&row("A", "u")).await.unwrap();
    for (at, seen) in [
        (NOW - 9, NOW),
        (NOW, NOW),
        (NOW + 29_999, NOW),
        (NOW + 30_000, NOW + 30_000),
        (NOW + 31_000, NOW + 30_000),
        (NOW, NOW + 30_000),
        (NOW + 90_000, NOW + 90_000),
    ] {
        assert!(store.activate("A", at).await.unwrap());
        assert_eq!(store.get("A", NOW).await.unwrap().unwrap().last_seen, seen, "at {}", at as i64 - NOW as i64);
    }
}

async fn a_row_is_invisible_from_its_expiry_on(store: &dyn Connections) {
    let expires_at = NOW + 1_000;
    store.connect(&Connection { expires_at, ..row("A", "u") }).await.unwrap();
    assert!(store.get("A", expires_at - 1).await.unwrap().is_some());
    assert_eq!(ids(store, "u", expires_at - 1).await, ["A"]);
    assert!(store.activate("A", expires_at - 1).await.unwrap());

    assert_eq!(store.get("A", expires_at).await.unwrap(), None);
    assert_eq!(ids(store, "u", expires_at).await, [""; 0]);
    assert!(!store.activate("A", expires_at).await.unwrap());
}

async fn sweep_deletes_what_has_expired_and_nothing_else(store: &dyn Connections) {
    for (id, expires_at) in [("A", NOW - 1), ("B", NOW), ("C", NOW + 1)] {
        store.connect(&Connection { expires_at, ..row(id, "u") }).await.unwrap();
    }
    assert_eq!(store.sweep(NOW).await.unwrap(), 2);
    assert_eq!(ids(store, "u", 0).await, ["C"], "seen from before all expiries");
    assert_eq!(store.sweep(NOW).await.unwrap(), 0);
}

async fn remove_is_by_id_and_may_be_repeated(store: &dyn Connections) {
    for id in ["A", "B"] {
        store.connect(&row(id, "u")).await.unwrap();
    }
    assert!(store.remove("A").await.unwrap());
    assert!(!store.remove("A").await.unwrap());
    assert_eq!(ids(store, "u", NOW).await, ["B"]);
}

async fn remove_gone_spares_a_later_connection_of_the_same_id(store: &dyn Connections) {
    store.connect(&row("A", "u")).await.unwrap();
    for other in [NOW - 1, NOW + 1, 0] {
        assert!(!store.remove_gone("A", other).await.unwrap());
    }
    assert!(store.get("A", NOW).await.unwrap().is_some());
    assert!(store.remove_gone("A", NOW).await.unwrap());
    assert_eq!(store.get("A", NOW).await.unwrap(), None);
}

async fn a_row_survives_many_writers_at_once(store: &dyn Connections) {
    let rows: Vec<_> = (0..300).map(|n| row(&format!("c{n}"), &format!("u{}", n % 3))).collect();
    for result in futures_util::future::join_all(rows.iter().map(|row| store.connect(row))).await {
        result.unwrap();
    }
    let removed = futures_util::future::join_all(
        rows.iter().chain(&rows).filter(|row| row.user == "u0").map(|row| store.remove(&row.id)),
    )
    .await;
    assert_eq!(removed.into_iter().filter(|removed| *removed.as_ref().unwrap()).count(), 100, "each row goes once");
    assert_eq!(
        [ids(store, "u0", NOW).await.len(), ids(store, "u1", NOW).await.len(), ids(store, "u2", NOW).await.len()],
        [0, 100, 100]
    );
}
