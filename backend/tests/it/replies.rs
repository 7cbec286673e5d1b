//! What goes back for what a handler returns, fails with, or panics with.

use std::{fmt, sync::Arc};

use everwire_backend::{App, BoxError, ConnectionId, FromMessage, Json, Memory, Message, Reply, RouteError, User};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::events::{CONNECTION, frame, handle, message};

#[derive(Debug)]
struct DiskFull;

impl fmt::Display for DiskFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the disk is full")
    }
}

impl std::error::Error for DiskFull {}

#[derive(Debug)]
struct SaveFailed(DiskFull);

impl fmt::Display for SaveFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the order was not saved")
    }
}

impl std::error::Error for SaveFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

struct Tenant;

impl FromMessage for Tenant {
    async fn from_message(message: &Message) -> Result<Self, BoxError> {
        match message.claims().str("tenant") {
            Some(_) => Ok(Self),
            None => Err(RouteError::new("forbidden", "the token names no tenant").into()),
        }
    }
}

#[derive(Deserialize)]
struct GetOrder {
    id: u32,
}

#[derive(Serialize)]
struct NotJson(#[serde(serialize_with = "fails")] ());

fn fails<S: serde::Serializer>(_: &(), _: S) -> Result<S::Ok, S::Error> {
    Err(serde::ser::Error::custom("it cannot be written"))
}

fn app() -> App {
    App::builder()
        .connections(Arc::new(Memory::new()))
        .route("nothing", || async {})
        .route("none", || async { None::<Json<u8>> })
        .route("object", || async { Json(json!({ "a": 1 })) })
        .route("forger", || async { Json(json!({ "ws_id": 99 })) })
        .route("list", || async { Json([1, 2]) })
        .route("null", || async { Json(Value::Null) })
        .route("reply", || async { Reply::Json("x".into()) })
        .route("order", |Json(order): Json<GetOrder>| async move { Json(json!({ "id": order.id })) })
        .route("refused", || async { Err::<(), _>(RouteError::new("not_found", "there is no such order")) })
        .route("busy", || async { RouteError::new("busy", "come back later").retryable() })
        .route("boxed", || async { Err::<(), BoxError>(RouteError::new("boxed", "still a refusal").into()) })
        .route("failed", || async { Err::<Json<u8>, _>(SaveFailed(DiskFull)) })
        .route("text", || async { Err::<(), _>("just a text") })
        .route("panic", |id: ConnectionId| async move {
            if !id.is_empty() {
                panic!("out of {}", "cheese")
            }
        })
        .route("unwritable", || async { Json(NotJson(())) })
        .route("tenant", |_: Tenant| async {})
        .route("user", |user: User| async move { Json(json!({ "user": *user })) })
        .route(
            "large",
            |Json(query): Json<GetOrder>| async move { Json(json!({ "x": "x".repeat(query.id as usize) })) },
        )
        .build()
        .unwrap()
}

#[tokio::test]
async fn replies_carry_the_ws_id_of_their_request() {
    let app = app();
    for (request, reply) in [
        (json!({ "action": "object" }), json!({ "a": 1 })),
        (json!({ "action": "object", "ws_id": 7 }), json!({ "a": 1, "ws_id": 7 })),
        (json!({ "action": "object", "ws_id": 0 }), json!({ "a": 1, "ws_id": 0 })),
        (json!({ "action": "object", "ws_id": u32::MAX }), json!({ "a": 1, "ws_id": u32::MAX })),
        (json!({ "action": "forger", "ws_id": 7 }), json!({ "ws_id": 7 })),
        (json!({ "action": "list" }), json!([1, 2])),
        (json!({ "action": "list", "ws_id": 7 }), json!({ "ws_id": 7, "data": [1, 2] })),
        (json!({ "action": "null" }), json!(null)),
        (json!({ "action": "null", "ws_id": 7 }), json!({ "ws_id": 7, "data": null })),
        (json!({ "action": "reply", "ws_id": 7 }), json!({ "ws_id": 7, "data": "x" })),
        (json!({ "action": "order", "id": 5, "ws_id": 7 }), json!({ "id": 5, "ws_id": 7 })),
    ] {
        assert_eq!(frame(&app, &request.to_string()).await, Some(reply), "{request}");
    }
}

#[tokio::test]
async fn a_ws_id_that_is_no_u32_is_not_one() {
    for ws_id in [json!(-1), json!(1.5), json!(4_294_967_296_u64), json!("7"), json!(null), json!([7]), json!(1e300)] {
        let request = json!({ "action": "list", "ws_id": ws_id }).to_string();
        assert_eq!(frame(&app(), &request).await, Some(json!([1, 2])), "{request}");
    }
}

#[tokio::test]
async fn a_handler_may_say_nothing() {
    for action in ["nothing", "none"] {
        let answer = handle(&app(), &message(CONNECTION, "u", &json!({ "action": action, "ws_id": 1 }).to_string()))
            .await
            .unwrap();
        assert_eq!(answer, json!({ "statusCode": 200 }), "{action}");
    }
}

#[tokio::test]
async fn a_refusal_is_a_reply() {
    for (request, code, message, retry) in [
        (json!({ "action": "refused" }), "not_found", "there is no such order", false),
        (json!({ "action": "busy" }), "busy", "come back later", true),
        (json!({ "action": "boxed" }), "boxed", "still a refusal", false),
        (json!({ "action": "tenant" }), "forbidden", "the token names no tenant", false),
        (json!({ "action": "order" }), "invalid", "missing field `id`", false),
        (json!({ "action": "order", "id": "5" }), "invalid", "invalid type: string \"5\", expected u32", false),
    ] {
        let mut request = request;
        request["ws_id"] = 3.into();
        let expected = json!({ "ws_id": 3, "error": { "code": code, "message": message, "retry": retry } });
        assert_eq!(frame(&app(), &request.to_string()).await, Some(expected), "{request}");
    }
}

#[tokio::test]
async fn any_other_error_and_a_panic_are_function_errors_and_the_app_lives_on() {
    let app = app();
    for (action, error_type, error_message) in [
        ("failed", "HandlerError", "the order was not saved: the disk is full"),
        ("text", "HandlerError", "just a text"),
        ("panic", "HandlerPanic", "panicked: out of cheese"),
        ("unwritable", "HandlerError", "it cannot be written"),
    ] {
        let failure =
            handle(&app, &message(CONNECTION, "u", &json!({ "action": action }).to_string())).await.unwrap_err();
        assert_eq!(
            (failure.error_type.as_str(), failure.error_message.as_str()),
            (error_type, error_message),
            "{action}"
        );
        assert_eq!(
            serde_json::to_value(&failure).unwrap(),
            json!({ "errorType": error_type, "errorMessage": error_message }),
            "the shape of the Runtime API"
        );
        assert_eq!(frame(&app, r#"{"action":"object"}"#).await, Some(json!({ "a": 1 })), "after {action}");
    }
}

#[tokio::test]
async fn a_connection_without_a_user_cannot_use_a_handler_that_needs_one() {
    let mut event = message(CONNECTION, "u", r#"{"action":"user"}"#);
    event["requestContext"].as_object_mut().unwrap().remove("authorizer");
    let answer = handle(&app(), &event).await.unwrap();
    let reply: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(reply["error"]["code"], "unauthorized");
}

#[tokio::test]
async fn a_reply_that_is_too_large_is_not_lost_silently() {
    let around = r#"{"x":""}"#.len();
    let fits = frame(&app(), &json!({ "action": "large", "id": 131_072 - around }).to_string()).await.unwrap();
    assert_eq!(fits.to_string().len(), 131_072);
    let refused =
        frame(&app(), &json!({ "action": "large", "id": 131_073 - around, "ws_id": 2 }).to_string()).await.unwrap();
    assert_eq!(refused["error"]["code"], "reply_too_large");
    assert_eq!(refused["ws_id"], 2);
}
