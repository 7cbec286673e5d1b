//! The management API and its typed errors.

use std::time::Duration;

use everwire_gateway::{Gateway, ManualClock};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::support::{Client, Response, Running, hear, only_id, post};
use crate::wire::{FIN, TEXT, Wire, frame};

const UNKNOWN: &str = "/dev/@connections/PJqB0fHsqRcCHlw=";

async fn one_client() -> (Running, Client, String) {
    let running = Running::start(Gateway::builder("dev")).await;
    let client = running.connect("/dev").await;
    let id = only_id(&running);
    (running, client, id)
}

fn assert_error(response: &Response, status: u16, error_type: &str, message: &str) {
    assert_eq!(response.status, status);
    assert_eq!(response.header("x-amzn-errortype"), Some(error_type));
    assert_eq!(response.json()["message"], message);
}

#[tokio::test]
async fn a_post_reaches_the_client_as_one_text_message() {
    let (running, mut client, id) = one_client().await;
    let path = format!("/dev/@connections/{id}");
    for body in ["hi", r#"{"action":"order.updated"}"#, "hé 😀", ""] {
        let response = running.post(&path, body).await;
        assert_eq!((response.status, response.body.as_str()), (200, ""));
        assert_eq!(hear(&mut client).await, body);
    }
}

#[tokio::test]
async fn a_post_of_128_kb_is_delivered_whole() {
    let (running, mut client, id) = one_client().await;
    let body = "x".repeat(131_072);
    assert_eq!(running.post(&format!("/dev/@connections/{id}"), &body).await.status, 200);
    assert_eq!(hear(&mut client).await, body);
}

#[tokio::test]
async fn all_spellings_of_the_path_are_the_same() {
    let (running, mut client, id) = one_client().await;
    let encoded = id.replace('=', "%3D");
    for path in [
        format!("/dev/@connections/{id}"),
        format!("/dev/@connections/{encoded}"),
        format!("/dev/%40connections/{id}"),
        format!("/dev/%40connections/{encoded}"),
        format!("/@connections/{encoded}"),
    ] {
        assert_eq!(running.post(&path, &path).await.status, 200, "{path}");
        assert_eq!(hear(&mut client).await, path);
    }
}

#[tokio::test]
async fn posts_of_one_caller_arrive_in_order() {
    let (running, mut client, id) = one_client().await;
    for n in 0..50 {
        assert_eq!(running.post(&format!("/dev/@connections/{id}"), &n.to_string()).await.status, 200);
    }
    for n in 0..50 {
        assert_eq!(hear(&mut client).await, n.to_string());
    }
}

#[tokio::test]
async fn a_malformed_id_is_a_bad_request() {
    let running = Running::start(Gateway::builder("dev")).await;
    for (spelled, id) in [
        ("x", "x"),
        ("PJqB0fHsqRcCHlw", "PJqB0fHsqRcCHlw"),
        ("PJqB0fHsqRcCHlw%253D", "PJqB0fHsqRcCHlw%3D"),
        ("123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("..%2F..%2Fother", "../../other"),
        ("..", ".."),
        ("a%0d%0ab", "a\r\nb"),
        ("%ff", "\u{fffd}"),
    ] {
        let response = running.post(&format!("/dev/@connections/{spelled}"), "x").await;
        assert_error(&response, 400, "BadRequestException", &format!("Invalid connectionId: {id}"));
    }
}

#[tokio::test]
async fn a_wrong_stage_or_shape_is_forbidden() {
    let (running, _client, id) = one_client().await;
    for path in [
        format!("/prod/@connections/{id}"),
        format!("/dev/../prod/@connections/{id}"),
        format!("/..%2Fdev/@connections/{id}"),
        format!("/dev/@connections/{id}/more"),
        "/dev/@connections".to_owned(),
        "/dev/@connections/".to_owned(),
    ] {
        assert_error(&running.post(&path, "x").await, 403, "ForbiddenException", "Forbidden");
    }
}

#[tokio::test]
async fn an_unknown_id_is_gone_with_an_empty_body() {
    let running = Running::start(Gateway::builder("dev")).await;
    let response = running.post(UNKNOWN, "x").await;
    assert_eq!((response.status, response.body.as_str()), (410, ""));
    assert_eq!(response.header("x-amzn-errortype"), Some("GoneException"));
}

#[tokio::test]
async fn more_than_128_kb_is_too_large() {
    let (running, mut client, id) = one_client().await;
    let path = format!("/dev/@connections/{id}");
    for size in [131_073, 1_000_000] {
        let response = running.post(&path, &"x".repeat(size)).await;
        assert_error(&response, 413, "PayloadTooLargeException", "The data has more than 131072 bytes");
    }
    running.post(&path, "next").await;
    assert_eq!(hear(&mut client).await, "next");
}

#[tokio::test]
async fn data_that_is_no_text_is_a_bad_request() {
    let (running, _client, id) = one_client().await;
    let mut request = post(&format!("/dev/@connections/{id}"), &running.address.to_string(), "", "xx").into_bytes();
    let length = request.len();
    request[length - 2..].copy_from_slice(&[0xc3, 0x28]);
    let mut stream = running.raw().await;
    stream.write_all(&request).await.unwrap();
    assert_error(&Response::read(&mut stream).await, 400, "BadRequestException", "The data is not UTF-8 text");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_a_limit_exceeded_and_stays_open() {
    let running = Running::start(Gateway::builder("dev").send_buffer(131_072)).await;
    let mut wire = Wire::connect(&running).await;
    let path = format!("/dev/@connections/{}", only_id(&running));
    let body = "x".repeat(131_072);
    let mut delivered = 0;
    let refused = loop {
        let response = running.post(&path, &body).await;
        if response.status != 200 {
            break response;
        }
        delivered += 1;
        assert!(delivered < 1000, "nothing bounds what waits for the client");
    };
    assert_eq!((refused.status, refused.header("x-amzn-errortype")), (429, Some("LimitExceededException")));
    // Once the client reads again, all that was taken arrives and posts are taken again.
    let mut received = 0;
    while received < delivered * body.len() {
        received += wire.read().await.expect("the connection stays open").1.len();
    }
    assert_eq!(running.post(&path, "again").await.status, 200);
    assert_eq!(wire.read().await.unwrap().1, b"again");
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_forbidden() {
    let (running, mut client, id) = one_client().await;
    let path = format!("/dev/@connections/{id}");
    let own = running.address.to_string();
    for (host, headers, status) in [
        ("evil.example", "", 403),
        ("evil.example:4400", "Origin: http://localhost\r\n", 403),
        (own.as_str(), "Origin: http://evil.example\r\n", 403),
        (&own, "Origin: null\r\n", 403),
        (&own, "Origin: http://localhost:3000\r\nOrigin: http://evil.example\r\n", 403),
        (&own, "Host: evil.example\r\n", 403),
        (&own, "Origin: http://localhost.evil.example\r\n", 403),
        (&own, "Origin: http://localhost:3000\r\n", 200),
        ("localhost:1", "", 200),
    ] {
        let response = running.http(&post(&path, host, headers, "posted")).await;
        assert_eq!(response.status, status, "{host} {headers}");
        if status == 200 {
            assert_eq!(hear(&mut client).await, "posted");
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let running = Running::start(Gateway::builder("dev").handshake_timeout(Duration::from_millis(50))).await;
    let request = format!(
        "POST {UNKNOWN} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhalf",
        running.address
    );
    assert_eq!(running.http(&request).await.status, 408);
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let running = Running::start(Gateway::builder("dev")).await;
    for method in ["PUT", "PATCH", "OPTIONS"] {
        let response = call(&running, method, UNKNOWN).await;
        assert_eq!((response.status, response.header("allow")), (405, Some("POST, GET, DELETE")));
    }
}

/// A call without a body.
async fn call(running: &Running, method: &str, path: &str) -> Response {
    let request = post(path, &running.address.to_string(), "", "").replace("POST ", &format!("{method} "));
    running.http(&request).await
}

#[tokio::test]
async fn get_tells_about_a_connection() {
    let clock = ManualClock::new(Duration::from_millis(1_701_245_041_796));
    let running = Running::start(Gateway::builder("dev").clock(clock.clone())).await;
    let request = crate::support::upgrade("/dev", &running.address.to_string())
        .replace("\r\n\r\n", "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n");
    let mut wire = Wire::connect_with(&running, &request).await;
    let path = format!("/dev/@connections/{}", only_id(&running).replace('=', "%3D"));
    let expected = |last_active_at: &str| {
        json!({
            "connectedAt": "2023-11-29T08:04:01.796Z",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"},
            "lastActiveAt": last_active_at,
        })
    };
    clock.advance(Duration::from_millis(1621));
    let response = call(&running, "GET", &path).await;
    assert_eq!((response.status, response.header("content-type")), (200, Some("application/json")));
    assert_eq!(response.json(), expected("2023-11-29T08:04:01.796Z"));
    // A message and a POST are activity, a GET is none.
    assert_eq!(running.post(&path, "x").await.status, 200);
    assert_eq!(call(&running, "GET", &path).await.json(), expected("2023-11-29T08:04:03.417Z"));
    clock.advance(Duration::from_secs(1));
    wire.read().await.unwrap();
    wire.send(&frame(FIN | TEXT, b"x")).await;
    // The gateway's own answer to a message without a route comes after the message was taken.
    wire.read().await.unwrap();
    assert_eq!(call(&running, "GET", &path).await.json(), expected("2023-11-29T08:04:04.417Z"));
}

#[tokio::test]
async fn get_leaves_out_a_user_agent_that_was_not_sent() {
    let running = Running::start(Gateway::builder("dev")).await;
    let _wire = Wire::connect(&running).await;
    let response = call(&running, "GET", &format!("/dev/@connections/{}", only_id(&running))).await;
    assert_eq!(response.json()["identity"], json!({"sourceIp": "127.0.0.1"}));
}

#[tokio::test]
async fn get_and_delete_have_the_errors_of_post() {
    let running = Running::start(Gateway::builder("dev")).await;
    for method in ["GET", "DELETE"] {
        let response = call(&running, method, UNKNOWN).await;
        assert_eq!((response.status, response.body.as_str()), (410, ""));
        assert_eq!(response.header("x-amzn-errortype"), Some("GoneException"));
        let response = call(&running, method, "/dev/@connections/x").await;
        assert_error(&response, 400, "BadRequestException", "Invalid connectionId: x");
        let response = call(&running, method, &UNKNOWN.replace("/dev/", "/prod/")).await;
        assert_error(&response, 403, "ForbiddenException", "Forbidden");
        let foreign = post(UNKNOWN, "evil.example", "", "").replace("POST ", &format!("{method} "));
        assert_error(&running.http(&foreign).await, 403, "ForbiddenException", "Forbidden");
    }
}

#[tokio::test]
async fn a_post_moves_the_time_of_the_last_activity() {
    let (running, mut client, id) = one_client().await;
    let before = running.gateway.connections()[0].clone();
    assert_eq!(before.last_active_at, before.connected_at);
    while crate::support::now_millis() <= before.connected_at {
        tokio::task::yield_now().await;
    }
    running.post(&format!("/dev/@connections/{id}"), "x").await;
    hear(&mut client).await;
    assert!(running.gateway.connections()[0].last_active_at > before.connected_at);
}
