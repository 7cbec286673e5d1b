//! The HTTP endpoints: what each one answers, and how each kind of bad input is refused.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use everwire_demo::{Clock, GRACE_MS, Issuer, Secret};
use harness::{Hands, Running, SECRET, call};
use hyper::Request;
use serde_json::json;

fn issuer(clock: Clock) -> Issuer {
    Issuer::new(&Secret::new(SECRET).unwrap(), 120, clock)
}

#[tokio::test]
async fn sign_in_answers_a_pair_whose_access_token_lives_120_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;

    let answer = demo.post("/demo/login", r#"{"user":"  ada  "}"#).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let pair = answer.pair();
    let claims = issuer(Clock::system()).verify(&pair.access).unwrap();
    assert_eq!((claims.sub.as_str(), claims.exp - claims.iat), ("ada", 120));
    assert!(!claims.jti.is_empty());

    let other = issuer(Clock::system()).verify(&demo.sign_in("ada").await.access).unwrap();
    assert_ne!(other.jti, claims.jti, "each token has an id of its own");
}

#[tokio::test]
async fn refresh_answers_the_next_pair_and_refuses_a_used_token_after_the_grace() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(1_700_000_000_000);
    let demo = Running::start_with(folder.path(), hands.clock()).await;
    let first = demo.sign_in("ada").await;

    let second = demo.refresh(&first.refresh).await;
    assert_eq!(second.status, 200);
    let claims = |token: &str| issuer(hands.clock()).verify(token).unwrap();
    assert_ne!(claims(&second.pair().access).jti, claims(&first.access).jti);
    assert_eq!(claims(&second.pair().access).sub, "ada");

    hands.advance(GRACE_MS - 1);
    assert_eq!(demo.refresh(&first.refresh).await.status, 200);
    hands.advance(1);
    let refused = demo.refresh(&first.refresh).await;
    assert_eq!((refused.status, refused.error_code().as_str()), (401, "invalid_refresh_token"));
    assert!(!refused.text().contains(&first.refresh), "the answer repeats the token");
    assert_eq!(demo.refresh(&second.pair().refresh).await.status, 200, "the session goes on");
}

#[tokio::test]
async fn stats_count_logins_refreshes_and_refused_refreshes() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    assert_eq!(demo.get("/demo/stats").await.json(), json!({"logins": 0, "refreshes": 0, "refusedRefreshes": 0}));

    let pair = demo.sign_in("ada").await;
    demo.sign_in("bob").await;
    demo.refresh(&pair.refresh).await;
    demo.refresh("never-issued").await;
    // Not a refresh at all.
    demo.post("/demo/refresh", "{}").await;
    assert_eq!(demo.get("/demo/stats").await.json(), json!({"logins": 2, "refreshes": 1, "refusedRefreshes": 1}));
}

#[tokio::test]
async fn config_names_the_stage_and_the_admin_origin() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let admin = format!("http://{}", demo.admin.unwrap());
    assert_eq!(demo.get("/demo/config").await.json(), json!({"stage": "dev", "admin": admin}));
}

#[tokio::test]
async fn bad_input_is_refused_with_a_code_and_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let long_user = json!({"user": "u".repeat(65)}).to_string();
    let longest_user = json!({"user": "ü".repeat(64)}).to_string();
    let huge = format!(r#"{{"user":"{}"}}"#, "u".repeat(200_000));
    let deep = "[".repeat(10_000);

    let cases: [(&str, &str, u16, &str); 19] = [
        ("/demo/login", "", 400, "bad_json"),
        ("/demo/login", "user=ada", 400, "bad_json"),
        ("/demo/login", "{\"user\":\"ada\"", 400, "bad_json"),
        ("/demo/login", &deep, 400, "bad_json"),
        ("/demo/login", "null", 400, "missing_user"),
        ("/demo/login", "[]", 400, "missing_user"),
        ("/demo/login", "{}", 400, "missing_user"),
        ("/demo/login", r#"{"user":null}"#, 400, "missing_user"),
        ("/demo/login", r#"{"user":7}"#, 400, "missing_user"),
        ("/demo/login", r#"{"user":" \t "}"#, 400, "missing_user"),
        ("/demo/login", r#"{"user":"a\u001b[31mb"}"#, 400, "bad_user"),
        ("/demo/login", r#"{"user":"a\r\nb"}"#, 400, "bad_user"),
        ("/demo/login", &long_user, 400, "user_too_long"),
        ("/demo/login", &huge, 413, "body_too_large"),
        ("/demo/refresh", "nonsense", 400, "bad_json"),
        ("/demo/refresh", "{}", 400, "missing_refresh_token"),
        ("/demo/refresh", r#"{"refreshToken":{}}"#, 400, "missing_refresh_token"),
        ("/demo/refresh", r#"{"refreshToken":""}"#, 401, "invalid_refresh_token"),
        ("/demo/nowhere", "{}", 404, "unknown_endpoint"),
    ];
    for (path, body, status, code) in cases {
        let answer = demo.post(path, body.to_owned()).await;
        let shown: String = body.chars().take(40).collect();
        assert_eq!((answer.status, answer.error_code().as_str()), (status, code), "{path} {shown}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path} {shown}");
    }
    assert_eq!(demo.post("/demo/login", longest_user).await.status, 200, "64 characters are not too many");
}

#[tokio::test]
async fn a_wrong_method_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    for path in ["/demo/login", "/demo/refresh", "/demo/expire", "/demo/push"] {
        let answer = demo.get(path).await;
        assert_eq!((answer.status, answer.error_code().as_str()), (405, "wrong_method"), "GET {path}");
        assert_eq!(answer.header("allow"), Some("POST"), "GET {path}");
    }
    for path in ["/demo/stats", "/demo/config"] {
        let answer = demo.post(path, "{}").await;
        assert_eq!((answer.status, answer.error_code().as_str()), (405, "wrong_method"), "POST {path}");
    }
}

#[tokio::test]
async fn push_and_expire_want_a_good_access_token() {
    let folder = tempfile::tempdir().unwrap();
    let hands = Hands::at(1_700_000_000_000);
    let demo = Running::start_with(folder.path(), hands.clock()).await;
    let foreign = Issuer::new(&Secret::new("f".repeat(32)).unwrap(), 120, hands.clock()).mint("ada").unwrap().0;
    let expired = demo.sign_in("ada").await.access;
    hands.advance(120_000);
    let good = demo.sign_in("ada").await;
    // {"alg":"none"}.{"sub":"ada","exp":9999999999,"iat":0,"jti":"x"}.
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJleHAiOjk5OTk5OTk5OTksImlhdCI6MCwianRpIjoieCJ9.";

    let cases: [(&str, Option<String>, &str); 8] = [
        ("no header", None, "missing_token"),
        ("another scheme", Some(format!("Basic {}", good.access)), "missing_token"),
        ("no token", Some("Bearer".to_owned()), "missing_token"),
        ("garbage", Some("Bearer x.y.z".to_owned()), "invalid_token"),
        ("a foreign signature", Some(format!("Bearer {foreign}")), "invalid_token"),
        ("no signature", Some(format!("Bearer {unsigned}")), "invalid_token"),
        ("expired", Some(format!("Bearer {expired}")), "invalid_token"),
        ("the refresh token", Some(format!("Bearer {}", good.refresh)), "invalid_token"),
    ];
    for path in ["/demo/push", "/demo/expire"] {
        for (name, authorization, code) in &cases {
            let mut request = Request::post(path);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            let answer = call(demo.address, request.body("{}".into()).unwrap()).await;
            assert_eq!((answer.status, answer.error_code().as_str()), (401, *code), "{path}: {name}");
        }
        assert!(demo.post_as(&good.access, path, "{}").await.status < 300, "{path}: the good token");
    }
}

#[tokio::test]
async fn an_expired_token_pushes_nothing_any_more_and_may_be_expired_again() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    let pair = demo.sign_in("ada").await;

    assert_eq!(demo.post_as(&pair.access, "/demo/expire", "").await.status, 204);
    let refused = demo.post_as(&pair.access, "/demo/push", "{}").await;
    assert_eq!((refused.status, refused.error_code().as_str()), (401, "invalid_token"));
    assert_eq!(demo.post_as(&pair.access, "/demo/expire", "").await.status, 204);

    let fresh = demo.refresh(&pair.refresh).await.pair();
    assert_eq!(demo.post_as(&fresh.access, "/demo/push", "{}").await.status, 200);
}
