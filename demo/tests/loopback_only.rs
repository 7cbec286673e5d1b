//! Requests of foreign pages and by foreign names are refused, on every path; pages of this machine are answered.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

use bytes::Bytes;
use harness::{Answer, Running, call};
use http_body_util::Full;
use hyper::{Request, header};

const PATHS: [&str; 4] = ["/", "/demo/stats", "/demo/config", "/no/such/file"];

async fn get(demo: &Running, path: &str, name: &str, value: &str) -> Answer {
    call(demo.address, Request::get(path).header(name, value).body(Full::default()).unwrap()).await
}

#[tokio::test]
async fn a_foreign_host_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    for path in PATHS {
        for host in ["example.com", "localhost.example.com", "127.0.0.1.nip.test:4400", "192.168.1.5", "0.0.0.0"] {
            assert_eq!(get(&demo, path, "host", host).await.status, 403, "{host}{path}");
        }
        for host in ["localhost", "localhost:1", "127.0.0.1:9", "[::1]:4400"] {
            assert_ne!(get(&demo, path, "host", host).await.status, 403, "{host}{path}");
        }
    }
}

#[tokio::test]
async fn a_foreign_origin_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    for path in PATHS {
        for origin in ["https://example.com", "null", "http://localhost.example.com", "file://"] {
            let answer = get(&demo, path, "origin", origin).await;
            assert_eq!((answer.status, answer.error_code().as_str()), (403, "foreign_origin"), "{origin} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), None, "{origin} {path}");
        }
    }
    let pair = demo.sign_in("ada").await;
    for path in ["/demo/login", "/demo/refresh", "/demo/expire", "/demo/push"] {
        let request = Request::post(path)
            .header(header::ORIGIN, "https://example.com")
            .header(header::AUTHORIZATION, format!("Bearer {}", pair.access))
            .body(Full::from(r#"{"user":"ada"}"#))
            .unwrap();
        assert_eq!(call(demo.address, request).await.status, 403, "{path}");
    }
    assert_eq!(demo.get("/demo/stats").await.json()["logins"], 1, "nothing happened");
}

#[tokio::test]
async fn a_page_on_another_loopback_port_may_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path()).await;
    for origin in ["http://localhost:8000", "http://127.0.0.1:41234", "http://[::1]:3000"] {
        let preflight = Request::options("/demo/login")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type,authorization")
            .body(Full::<Bytes>::default())
            .unwrap();
        let allowed = call(demo.address, preflight).await;
        assert_eq!(allowed.status, 200, "{origin}");
        assert_eq!(allowed.header("access-control-allow-origin"), Some(origin));
        assert!(allowed.header("access-control-allow-headers").unwrap().contains("authorization"));

        let request =
            Request::post("/demo/login").header(header::ORIGIN, origin).body(Full::from(r#"{"user":"ada"}"#)).unwrap();
        let answer = call(demo.address, request).await;
        assert_eq!(answer.status, 200, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    }
}
