//! Pushing by `App::notify` and by a plain invoke of the function.

use std::sync::Arc;

use everwire_backend::{App, Memory, NotifyError, PushReport, Pusher, Target, User};
use serde_json::json;

use crate::{
    clock::{NOW, TestClock},
    events::{connect, frame, handle},
    scripted_push::ScriptedPush,
};

async fn app(push: &Arc<ScriptedPush>) -> App {
    let app = App::builder()
        .connections(Arc::new(Memory::new()))
        .push(push.clone())
        .clock(TestClock::at(NOW))
        .route("poke", |user: User, pusher: Pusher| async move {
            pusher.send(&Target::User(&user), &json!({ "action": "poked" })).await.map(drop)
        })
        .build()
        .unwrap();
    for (id, user) in [("A", "user-1"), ("B", "user-1"), ("C", "user-2")] {
        handle(&app, &connect(id, user)).await.unwrap();
    }
    app
}

#[tokio::test]
async fn a_plain_invoke_pushes_to_a_user_or_to_a_connection() {
    let push = Arc::new(ScriptedPush::default());
    let app = app(&push).await;
    for (event, report) in [
        (
            json!({ "user": "user-1", "event": { "n": 1 } }),
            json!({ "delivered": 2, "gone": 0, "pending": 0, "failed": 0 }),
        ),
        (json!({ "connection": "C", "event": [2] }), json!({ "delivered": 1, "gone": 0, "pending": 0, "failed": 0 })),
        (json!({ "connection": "Z", "event": 3 }), json!({ "delivered": 0, "gone": 1, "pending": 0, "failed": 0 })),
        (json!({ "user": "nobody", "event": 4 }), json!({ "delivered": 0, "gone": 0, "pending": 0, "failed": 0 })),
    ] {
        assert_eq!(handle(&app, &event).await.unwrap(), report, "{event}");
    }
    let posts = push.posts();
    let posts: Vec<_> = posts.iter().map(|(id, payload)| (id.as_str(), payload.as_str())).collect();
    assert_eq!(posts, [("A", r#"{"n":1}"#), ("B", r#"{"n":1}"#), ("C", "[2]")]);
}

#[tokio::test]
async fn a_handler_pushes_too() {
    let push = Arc::new(ScriptedPush::default());
    assert_eq!(frame(&app(&push).await, r#"{"action":"poke"}"#).await, None);
    assert_eq!((push.posts_to("A"), push.posts_to("B"), push.posts_to("C")), (1, 1, 0));
}

#[tokio::test]
async fn an_event_above_128_kb_is_refused_before_any_call() {
    let push = Arc::new(ScriptedPush::default());
    let app = app(&push).await;
    let largest = "x".repeat(131_070);
    assert_eq!(
        app.notify(&Target::Connection("A"), &largest).await.unwrap(),
        PushReport { delivered: 1, ..PushReport::default() }
    );

    let error = app.notify(&Target::User("user-1"), &"x".repeat(131_071)).await.unwrap_err();
    assert!(matches!(error, NotifyError::TooLarge { bytes: 131_073 }), "{error:?}");
    assert!(error.to_string().contains("131073 bytes"), "{error}");
    assert_eq!(push.posts().len(), 1);
}
