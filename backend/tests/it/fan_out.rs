//! One event to all connections of a user.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use everwire_backend::{App, BoxFuture, Connection, Connections, Memory, Push, PushOutcome, PushReport, Target};
use serde_json::json;
use tokio::sync::{Notify, Semaphore};

use crate::{
    clock::{NOW, TestClock},
    events::{connect, handle, message},
    scripted_push::ScriptedPush,
};

fn app(store: &Arc<Memory>, push: Arc<dyn Push>, clock: &Arc<TestClock>) -> App {
    App::builder().connections(store.clone()).push(push).clock(clock.clone()).push_concurrency(4).build().unwrap()
}

#[tokio::test]
async fn one_dead_connection_never_fails_the_others() {
    let store = Arc::new(Memory::new());
    let clock = TestClock::at(NOW);
    let push = Arc::new(
        ScriptedPush::default()
            .answers("gone", [PushOutcome::Gone])
            .answers("broken", [PushOutcome::Failed("status 500".into())])
            .answers("throttled", [PushOutcome::Throttled])
            .answers("too-large", [PushOutcome::TooLarge])
            .answers("young", vec![PushOutcome::Gone; 9])
            .answers("late", [PushOutcome::Gone, PushOutcome::Gone]),
    );
    let app = app(&store, push.clone(), &clock);
    for id in ["ok-1", "gone", "broken", "throttled", "too-large", "ok-2"] {
        handle(&app, &connect(id, "u")).await.unwrap();
    }
    handle(&app, &connect("other", "somebody-else")).await.unwrap();
    clock.advance(Duration::from_millis(60_001));
    for id in ["young", "late"] {
        let mut event = connect(id, "u");
        event["requestContext"]["connectedAt"] = (NOW + 60_000).into();
        handle(&app, &event).await.unwrap();
    }

    let report = app.notify(&Target::User("u"), &json!({ "action": "hi" })).await.unwrap();
    assert_eq!(report, PushReport { delivered: 3, gone: 1, pending: 1, failed: 3 });
    assert_eq!(push.posts_to("young"), 4, "tried again three times");
    assert_eq!(push.posts_to("late"), 3, "delivered at the third try");
    assert_eq!(push.posts_to("other"), 0);
    assert!(push.posts().iter().all(|(_, payload)| payload == r#"{"action":"hi"}"#));

    let mut left: Vec<_> = store.of_user("u", NOW).await.unwrap().into_iter().map(|row| row.id).collect();
    left.sort();
    assert_eq!(
        left,
        ["broken", "late", "ok-1", "ok-2", "throttled", "too-large", "young"],
        "only the one that is gone went"
    );
}

#[tokio::test]
async fn a_young_connection_is_waited_for_as_the_rule_says() {
    let store = Arc::new(Memory::new());
    let clock = TestClock::at(NOW);
    let push = Arc::new(ScriptedPush::default().answers("A", vec![PushOutcome::Gone; 4]));
    let app = app(&store, push.clone(), &clock);
    handle(&app, &connect("A", "u")).await.unwrap();

    let report = app.notify(&Target::User("u"), &json!(1)).await.unwrap();
    assert_eq!(report, PushReport { pending: 1, ..PushReport::default() });
    assert_eq!(clock.slept(), [250, 500, 1000].map(Duration::from_millis));
    assert!(store.get("A", NOW).await.unwrap().is_some(), "a later push, or its expiry, removes it");

    let report = app.notify(&Target::User("u"), &json!(2)).await.unwrap();
    assert_eq!(report, PushReport { delivered: 1, ..PushReport::default() });
}

#[tokio::test]
async fn a_connection_that_was_heard_goes_with_its_first_410() {
    let store = Arc::new(Memory::new());
    let clock = TestClock::at(NOW);
    let app = app(&store, Arc::new(ScriptedPush::default().answers("A", [PushOutcome::Gone])), &clock);
    handle(&app, &connect("A", "u")).await.unwrap();
    handle(&app, &message("A", "u", r#"{"action":"ws.ping"}"#)).await.unwrap();

    let report = app.notify(&Target::User("u"), &json!(1)).await.unwrap();
    assert_eq!(report, PushReport { gone: 1, ..PushReport::default() });
    assert!(clock.slept().is_empty());
    assert_eq!(store.get("A", NOW).await.unwrap(), None);
}

/// A `$connect` that is still running when the event comes: the push sees 410, and during the wait the connection opens and ends.
#[derive(Debug)]
struct EndsWhileWaiting {
    store: Arc<Memory>,
    posts: AtomicUsize,
}

impl Push for EndsWhileWaiting {
    fn post<'a>(&'a self, connection: &'a Connection, _: bytes::Bytes) -> BoxFuture<'a, PushOutcome> {
        self.posts.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            self.store.remove(&connection.id).await.unwrap();
            PushOutcome::Gone
        })
    }
}

#[tokio::test]
async fn a_connection_that_ends_while_we_wait_is_not_posted_to_again() {
    let store = Arc::new(Memory::new());
    let clock = TestClock::at(NOW);
    let push = Arc::new(EndsWhileWaiting { store: store.clone(), posts: AtomicUsize::new(0) });
    let app = app(&store, push.clone(), &clock);
    handle(&app, &connect("A", "u")).await.unwrap();
    let report = app.notify(&Target::User("u"), &json!(1)).await.unwrap();
    assert_eq!(report, PushReport { gone: 1, ..PushReport::default() });
    assert_eq!(push.posts.load(Ordering::SeqCst), 1);
}

#[derive(Debug)]
struct Panics;

impl Push for Panics {
    fn post<'a>(&'a self, connection: &'a Connection, _: bytes::Bytes) -> BoxFuture<'a, PushOutcome> {
        assert_ne!(connection.id, "now", "before the future is made");
        Box::pin(async {
            assert_ne!(connection.id, "later", "within the future");
            PushOutcome::Delivered
        })
    }
}

#[tokio::test]
async fn a_push_that_panics_is_one_failure_among_others() {
    let store = Arc::new(Memory::new());
    let app = app(&store, Arc::new(Panics), &TestClock::at(NOW));
    for id in ["now", "later", "ok"] {
        handle(&app, &connect(id, "u")).await.unwrap();
    }
    let report = app.notify(&Target::User("u"), &json!(1)).await.unwrap();
    assert_eq!(report, PushReport { delivered: 1, failed: 2, ..PushReport::default() });
}

/// Holds every post until the gate opens, and knows how many wait.
#[derive(Debug)]
struct Gated {
    under_way: AtomicUsize,
    most: AtomicUsize,
    arrived: Notify,
    gate: Semaphore,
}

impl Push for Gated {
    fn post<'a>(&'a self, _: &'a Connection, _: bytes::Bytes) -> BoxFuture<'a, PushOutcome> {
        Box::pin(async {
            let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            self.arrived.notify_one();
            self.gate.acquire().await.unwrap().forget();
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            PushOutcome::Delivered
        })
    }
}

#[tokio::test]
async fn posts_run_side_by_side_but_only_so_many() {
    let store = Arc::new(Memory::new());
    let push = Arc::new(Gated {
        under_way: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        arrived: Notify::new(),
        gate: Semaphore::new(0),
    });
    let app = app(&store, push.clone(), &TestClock::at(NOW));
    for n in 0..20 {
        handle(&app, &connect(&format!("c{n}"), "u")).await.unwrap();
    }
    let sending = tokio::spawn(async move { app.notify(&Target::User("u"), &json!(1)).await });
    while push.under_way.load(Ordering::SeqCst) < 4 {
        push.arrived.notified().await;
    }
    push.gate.add_permits(20);
    assert_eq!(sending.await.unwrap().unwrap().delivered, 20);
    assert_eq!(push.most.load(Ordering::SeqCst), 4);
}
