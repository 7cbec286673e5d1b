//! The WebSocket and `@connections`: who gets in, what the routes answer, and what a push reaches.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use std::time::Duration;

use everwire_demo::{Clock, Issuer, Secret};
use harness::{Hands, Running, SECRET};
use serde_json::{Value, json};

/// The clock of the tests that need a token to expire.
const NOW: u64 = 1_700_000_000_000;

/// A connection id that is well formed and belongs to nobody.
const UNKNOWN_ID: &str = "AAAAAAAAAAAAAAA=";

#[tokio::test]
async fn only_a_good_token_gets_in() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(NOW);
    let demo = Running::start_with(folder.path(), hands.clock()).await;
    let mint =
        |secret: &str, user: &str| Issuer::new(&Secret::new(secret).unwrap(), 120, hands.clock()).mint(user).unwrap().0;
    let expired = mint(SECRET, "ada");
    hands.advance(120_000);
    let good = mint(SECRET, "ada");
    let refused = demo.sign_in("ada").await.access;
    demo.post_as(&refused, "/demo/expire", "").await;
    let (header_and_claims, _) = good.rsplit_once('.').unwrap();
    let claims = header_and_claims.split('.').nth(1).unwrap();

    let cases = [
        ("no query", String::new(), 401),
        ("another parameter", format!("?access_token={good}"), 401),
        ("an empty token", "?token=".to_owned(), 401),
        ("garbage", "?token=garbage".to_owned(), 403),
        ("a foreign signature", format!("?token={}", mint(&"f".repeat(32), "ada")), 403),
        ("no signature", format!("?token={header_and_claims}."), 403),
        // {"alg":"none"} and {"alg":"NonE"}
        ("alg none", format!("?token=eyJhbGciOiJub25lIn0.{claims}."), 403),
        ("alg none in mixed case", format!("?token=eyJhbGciOiJOb25FIn0.{claims}."), 403),
        ("expired", format!("?token={expired}"), 403),
        ("refused by its owner", format!("?token={refused}"), 403),
    ];
    for (name, query, status) in cases {
        assert_eq!(demo.socket(&query).await.err(), Some(status), "{name}");
    }
    assert_eq!(demo.open(&good).await.ask(&json!({"action": "whoami"})).await["userId"], "ada");
}

#[tokio::test]
async fn the_routes_answer_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let ada = demo.sign_in("ada").await;
    let mut first = demo.open(&ada.access).await;
    let mut second = demo.open(&ada.access).await;
    let _other = demo.open(&demo.sign_in("bob").await.access).await;

    let body = json!({"action": "echo", "text": "héllo\u{0}\"", "n": [1, 2.5, null], "fail": false});
    assert_eq!(first.ask(&body).await, body);
    first.send(r#"{"z":1,"action":"echo","a":{"y":2,"b":3}}"#).await;
    assert_eq!(first.text().await, r#"{"z":1,"action":"echo","a":{"y":2,"b":3}}"#, "in the order it was sent");
    assert_eq!(first.ask(&json!({"action": "echo", "ws_id": 7})).await, json!({"action": "echo", "ws_id": 7}));

    let who = first.ask(&json!({"action": "whoami"})).await;
    assert_eq!(who, json!({"connectionId": who["connectionId"].as_str().unwrap(), "userId": "ada"}));

    let mut ids = [first.connection_id().await, second.connection_id().await];
    let list = first.ask(&json!({"action": "list"})).await;
    let rows = list["connections"].as_array().unwrap();
    assert_eq!(list, json!({"connections": rows}));
    // The oldest first, and two of one millisecond by their ids.
    let order = |row: &Value| (row["connectedAt"].as_u64(), row["connectionId"].as_str().unwrap().to_owned());
    assert!(rows.is_sorted_by_key(order), "{list}");
    let mut listed: Vec<_> = rows.iter().map(|row| row["connectionId"].as_str().unwrap()).collect();
    listed.sort_unstable();
    ids.sort_unstable();
    assert_eq!(listed, ids);
    for row in rows {
        assert_eq!(row["stage"], "dev");
        assert!(row["connectedAt"].as_u64().unwrap() > NOW, "{row}");
        assert_eq!(row.as_object().unwrap().len(), 3, "{row}");
    }
}

#[tokio::test]
async fn what_nobody_understands_goes_to_the_fallback_which_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let mut socket = demo.open(&demo.sign_in("ada").await.access).await;
    let id = socket.connection_id().await;

    let cases = [
        ("{\"action\":\"ech", "not_json", "ech"),
        ("hello there", "not_json", "hello there"),
        (r#"{"action":"orders.get"}"#, "unknown_action", "orders.get"),
        (r#"{"action":"$connect"}"#, "unknown_action", "$connect"),
        (r#"{"action":7}"#, "bad_action", "not a string"),
        ("{}", "no_action", "object with an action"),
        ("[]", "no_action", "object with an action"),
        ("null", "no_action", "object with an action"),
    ];
    for (message, code, part) in cases {
        socket.send(message).await;
        let answer = socket.json().await;
        assert_eq!(answer["connectionId"], id.as_str(), "{message}");
        assert_eq!(answer["error"]["code"], code, "{message}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(part), "{message}: {answer}");
    }

    let long = format!("nonsense {}", "x".repeat(20_000));
    socket.send(long).await;
    assert!(socket.text().await.len() < 600, "the answer does not repeat a long message");
}

#[tokio::test]
async fn a_failing_function_answers_the_error_frame_and_the_connection_stays() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let mut socket = demo.open(&demo.sign_in("ada").await.access).await;
    let id = socket.connection_id().await;

    socket.send(r#"{"action":"echo","fail":true}"#).await;
    let frame = socket.text().await;
    let request_id = serde_json::from_str::<Value>(&frame).unwrap()["requestId"].as_str().unwrap().to_owned();
    let expected =
        format!(r#"{{"message": "Internal server error", "connectionId":"{id}", "requestId":"{request_id}"}}"#);
    assert_eq!(frame, expected, "spacing included, as AWS writes it");
    assert_eq!(socket.connection_id().await, id);
}

#[tokio::test]
async fn a_push_reaches_each_connection_of_the_caller_once_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let ada = demo.sign_in("ada").await;
    let (mut one, mut two) = (demo.open(&ada.access).await, demo.open(&ada.access).await);
    let mut other = demo.open(&demo.sign_in("bob").await.access).await;

    for event in [json!({"action": "demo.notice", "text": "grüß dich", "n": 1}), json!([1, 2]), json!(null)] {
        let report = demo.post_as(&ada.access, "/demo/push", event.to_string()).await;
        assert_eq!(report.status, 200);
        assert_eq!(report.json(), json!({"delivered": 2, "gone": 0, "pending": 0, "failed": 0}));
        assert_eq!(one.json().await, event);
        assert_eq!(two.json().await, event);
    }
    for socket in [&mut one, &mut two, &mut other] {
        socket.assert_silent(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn a_push_under_the_name_localhost_arrives_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let ada = demo.sign_in("ada").await;
    let mut socket = harness::socket_at(demo.address, "localhost", &format!("?token={}", ada.access)).await.unwrap();

    let report = demo.post_as(&ada.access, "/demo/push", r#"{"n":1}"#).await.json();
    assert_eq!(report["delivered"], 1, "{report}");
    assert_eq!(socket.json().await, json!({"n": 1}));
}

#[tokio::test]
async fn a_push_without_connections_reports_zero_and_one_that_is_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let ada = demo.sign_in("ada").await;

    let nobody = demo.post_as(&ada.access, "/demo/push", "{}").await;
    assert_eq!(nobody.json(), json!({"delivered": 0, "gone": 0, "pending": 0, "failed": 0}));

    // `"…"` adds two bytes.
    let largest = json!("x".repeat(131_072 - 2)).to_string();
    let too_large = json!("x".repeat(131_072 - 1)).to_string();
    assert_eq!(demo.post_as(&ada.access, "/demo/push", largest).await.status, 200);
    let refused = demo.post_as(&ada.access, "/demo/push", too_large).await;
    assert_eq!((refused.status, refused.error_code().as_str()), (413, "event_too_large"));
    let malformed = demo.post_as(&ada.access, "/demo/push", "{\"n\":").await;
    assert_eq!((malformed.status, malformed.error_code().as_str()), (400, "bad_json"));
}

#[tokio::test]
async fn connections_answer_posts_by_id_with_the_typed_errors_of_aws() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let mut socket = demo.open(&demo.sign_in("ada").await.access).await;
    let id = socket.connection_id().await;

    let arrived = demo.post(&format!("/dev/@connections/{id}"), "{\"n\":1}").await;
    assert_eq!((arrived.status, arrived.text().as_str()), (200, ""));
    assert_eq!(socket.text().await, "{\"n\":1}");

    let cases = [
        (UNKNOWN_ID, 410, "GoneException"),
        ("not-an-id", 400, "BadRequestException"),
        ("2f1d3c5e-0000-4000-8000-000000000000", 400, "BadRequestException"),
    ];
    for (id, status, kind) in cases {
        let refused = demo.post(&format!("/dev/@connections/{id}"), "{}").await;
        assert_eq!((refused.status, refused.header("x-amzn-errortype")), (status, Some(kind)), "{id}");
    }
}

#[tokio::test]
async fn stopping_closes_the_sockets_and_forgets_the_connections() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let ada = demo.sign_in("ada").await;
    let (mut one, mut two) = (demo.open(&ada.access).await, demo.open(&ada.access).await);
    demo.stop().await;
    assert_eq!((one.close_code().await, two.close_code().await), (Some(1001), Some(1001)));

    // `$disconnect` ran for both: the store names only the new connection.
    let demo = Running::start(folder.path()).await;
    let mut socket = demo.open(&ada.access).await;
    let list = socket.ask(&json!({"action": "list"})).await;
    assert_eq!(list["connections"].as_array().unwrap().len(), 1, "{list}");
}

#[tokio::test]
async fn a_restart_knows_the_refresh_tokens_and_the_refused_access_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let (kept, refused) = (demo.sign_in("ada").await, demo.sign_in("ada").await);
    demo.post_as(&refused.access, "/demo/expire", "").await;
    demo.stop().await;

    let demo = Running::start(folder.path()).await;
    assert!(demo.socket(&format!("?token={}", kept.access)).await.is_ok(), "the secret is the same");
    assert_eq!(demo.socket(&format!("?token={}", refused.access)).await.err(), Some(403));
    let fresh = demo.refresh(&refused.refresh).await.pair();
    let jti = |token: &str| Issuer::new(&Secret::new(SECRET).unwrap(), 120, Clock::system()).verify(token).unwrap().jti;
    assert_ne!(jti(&fresh.access), jti(&refused.access));
    assert!(demo.socket(&format!("?token={}", fresh.access)).await.is_ok());
}

#[tokio::test]
async fn the_admin_port_kills_connections_and_refuses_upgrades() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let ada = demo.sign_in("ada").await;
    let mut socket = demo.open(&ada.access).await;

    let admin = demo.admin.unwrap();
    let ask = |method: &str, path: &str, body: &str| {
        let request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(body.to_owned().into())
            .unwrap();
        harness::call(admin, request)
    };
    assert_eq!(ask("POST", "/faults/kill", "{}").await.json(), json!({"killed": 1}));
    assert_eq!(socket.close_code().await, None, "cut, without a close frame");

    assert_eq!(ask("PUT", "/faults/refuse", r#"{"status":503}"#).await.status, 204);
    assert_eq!(demo.socket(&format!("?token={}", ada.access)).await.err(), Some(503));
    assert_eq!(ask("DELETE", "/faults/refuse", "").await.status, 204);
    assert!(demo.socket(&format!("?token={}", ada.access)).await.is_ok());

    assert_eq!(ask("PUT", "/faults/delay", r#"{"milliseconds":5}"#).await.status, 204);
    assert_eq!(ask("GET", "/faults", "").await.json(), json!({"faults": [{"fault": "delay", "milliseconds": 5}]}));
    assert_eq!(ask("DELETE", "/faults", "").await.status, 204);
    assert_eq!(ask("GET", "/faults", "").await.json(), json!({"faults": []}));
    assert_eq!(ask("GET", "/metrics", "").await.status, 200);
}
