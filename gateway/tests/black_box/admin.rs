//! The admin port.

use axum::Router;
use axum::body::Body;
use everwire_gateway::Gateway;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{Running, ok, only_id, recorded};
use crate::wire::Wire;

/// A request to the admin router, with JSON if there is a body.
pub(crate) async fn call(admin: &Router, method: &str, path: &str, body: &str) -> (u16, Value) {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:4401")
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = admin.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn connections_are_listed() {
    let running = Running::start(Gateway::builder("dev")).await;
    let admin = running.gateway.admin_router();
    assert_eq!(call(&admin, "GET", "/connections", "").await, (200, json!({"connections": []})));
    let _wire = Wire::connect(&running).await;
    let (_, listed) = call(&admin, "GET", "/connections", "").await;
    let listed = &listed["connections"][0];
    assert_eq!(listed["connectionId"], only_id(&running));
    assert_eq!(listed["sourceIp"], "127.0.0.1");
    assert!(listed["connectedAt"].is_u64() && listed["lastActiveAt"].is_u64());
    assert!(listed.get("userAgent").is_none());
}

#[tokio::test]
async fn one_connection_or_all_are_killed() {
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$disconnect", disconnect)).await;
    let admin = running.gateway.admin_router();
    let mut wires = vec![Wire::connect(&running).await];
    let first = only_id(&running);
    wires.push(Wire::connect(&running).await);
    wires.push(Wire::connect(&running).await);

    let one = json!({"connectionId": first}).to_string();
    assert_eq!(call(&admin, "POST", "/faults/kill", &one).await, (200, json!({"killed": 1})));
    assert_eq!(disconnects.next().await["requestContext"]["connectionId"], first);
    assert_eq!(call(&admin, "POST", "/faults/kill", &one).await, (200, json!({"killed": 0})));
    assert_eq!(call(&admin, "POST", "/faults/kill", "{}").await, (200, json!({"killed": 2})));
    for wire in &mut wires {
        assert!(wire.read().await.is_none());
    }
    for _ in 0..2 {
        disconnects.next().await;
    }
    running.stop().await;
    assert!(disconnects.is_empty());
}

#[tokio::test]
async fn handshakes_are_refused_as_often_as_asked_and_nothing_runs_for_them() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$connect", connect)).await;
    let admin = running.gateway.admin_router();
    let (status, _) = call(&admin, "PUT", "/faults/refuse", r#"{"status":503,"times":2}"#).await;
    assert_eq!(status, 204);
    for _ in 0..2 {
        assert_eq!(running.refused("/dev").await.status, 503);
    }
    assert!(connects.is_empty());
    running.connect("/dev").await;
    connects.next().await;

    call(&admin, "PUT", "/faults/refuse", r#"{"status":429}"#).await;
    for _ in 0..5 {
        assert_eq!(running.refused("/dev").await.status, 429);
    }
    assert_eq!(call(&admin, "DELETE", "/faults/refuse", "").await.0, 204);
    running.connect("/dev").await;
}

#[tokio::test]
async fn what_is_not_understood_is_told() {
    let running = Running::start(Gateway::builder("dev")).await;
    let admin = running.gateway.admin_router();
    let unknown = r#"{"connectionId":"PJqB0fHsqRcCHlw="}"#;
    for (method, path, body, status, error) in [
        ("POST", "/faults/kill", r#"{"connectionId":"x"}"#, 400, "InvalidConnectionId"),
        ("POST", "/faults/kill", r#"{"connection":"PJqB0fHsqRcCHlw="}"#, 422, "InvalidBody"),
        ("POST", "/faults/kill", "", 400, "InvalidJson"),
        ("POST", "/faults/kill", "{", 400, "InvalidJson"),
        ("POST", "/faults/close", "{}", 422, "InvalidBody"),
        ("POST", "/faults/close", r#"{"code":1006}"#, 400, "InvalidCode"),
        ("POST", "/faults/close", r#"{"code":"1000"}"#, 422, "InvalidBody"),
        ("PUT", "/faults/refuse", r#"{"status":200}"#, 400, "InvalidStatus"),
        ("PUT", "/faults/refuse", r#"{"status":99999}"#, 422, "InvalidBody"),
        ("PUT", "/faults/refuse", r#"{"status":399}"#, 400, "InvalidStatus"),
        ("PUT", "/faults/refuse", r#"{"status":503,"times":-1}"#, 422, "InvalidBody"),
        ("PUT", "/faults/refuse", unknown, 422, "InvalidBody"),
        ("PUT", "/faults/blackhole", r#"{"times":"one"}"#, 422, "InvalidBody"),
        ("PUT", "/faults/accept-then-close", r#"{"code":5000}"#, 400, "InvalidCode"),
        ("PUT", "/faults/half-open", unknown, 404, "ConnectionNotOpen"),
        ("PUT", "/faults/delay", r#"{"milliseconds":0}"#, 400, "InvalidTime"),
        ("PUT", "/faults/delay", r#"{"milliseconds":600001}"#, 400, "InvalidTime"),
        ("PUT", "/faults/delay", "{}", 422, "InvalidBody"),
        ("PUT", "/faults/dribble", r#"{"milliseconds":-5}"#, 422, "InvalidBody"),
        ("PUT", "/faults/disconnect", r#"{"mode":"lose"}"#, 422, "InvalidBody"),
        ("PUT", "/faults/disconnect", r#"{"mode":"delay"}"#, 422, "InvalidBody"),
        ("PUT", "/faults/disconnect", r#"{"mode":"drop","milliseconds":5}"#, 422, "InvalidBody"),
        ("PUT", "/faults/management", r#"{"answer":"418"}"#, 422, "InvalidBody"),
        ("PUT", "/faults/management", r#"{"answer":410}"#, 422, "InvalidBody"),
        ("DELETE", "/faults/delay?connectionId=x", "", 400, "InvalidConnectionId"),
        ("DELETE", "/faults/delay?connection=x", "", 400, "InvalidQuery"),
        ("DELETE", "/faults/refuse?connectionId=PJqB0fHsqRcCHlw=", "", 400, "InvalidQuery"),
        ("GET", "/faults/kill", "", 405, "MethodNotAllowed"),
        ("POST", "/metrics", "", 405, "MethodNotAllowed"),
        ("GET", "/nothing", "", 404, "NotFound"),
    ] {
        let (got, told) = call(&admin, method, path, body).await;
        assert_eq!((got, told["error"].as_str()), (status, Some(error)), "{method} {path} {body}: {told}");
        assert!(told["message"].as_str().is_some_and(|message| message.len() > 10), "{told}");
    }
    assert!(running.gateway.faults().active().is_empty());
    // A page of another site can send no JSON without asking first (CORS), so other types are refused.
    let simple = http::Request::post("/faults/kill")
        .header("host", "localhost")
        .header("content-type", "text/plain")
        .body(Body::from("{}"))
        .unwrap();
    let response = admin.oneshot(simple).await.unwrap();
    assert_eq!(response.status(), 415);
    let told = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(serde_json::from_slice::<Value>(&told).unwrap()["error"], "UnsupportedMediaType");
}

#[tokio::test]
async fn only_pages_and_names_of_this_machine_are_answered() {
    let admin = Gateway::builder("dev").build().unwrap().admin_router();
    for (method, host, origin, status) in [
        ("GET", Some("localhost:4401"), None, 200),
        ("GET", Some("127.0.0.1:4401"), Some("http://localhost:4400"), 200),
        ("OPTIONS", Some("127.0.0.1:4401"), Some("http://127.0.0.1:4400"), 204),
        ("GET", Some("evil.example"), None, 403),
        ("GET", Some("192.168.1.5:4401"), None, 403),
        ("GET", Some("localhost"), Some("http://evil.example"), 403),
        ("OPTIONS", Some("localhost"), Some("http://evil.example"), 403),
        ("GET", Some("localhost"), Some("null"), 403),
        ("GET", None, None, 403),
    ] {
        let mut request = http::Request::builder().method(method).uri("/connections");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let response = admin.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status, "{host:?} {origin:?}");
        let allowed = response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap());
        assert_eq!(allowed, origin.filter(|_| status != 403));
    }
}
