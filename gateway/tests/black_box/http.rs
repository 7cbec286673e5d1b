//! Plain HTTP on the same port.

use std::time::Duration;

use axum::routing::{get, post};
use axum::{Router, body::Bytes};
use everwire_gateway::Gateway;
use tokio::io::AsyncWriteExt as _;

use crate::support::{Response, Running, post as post_request};
use crate::wire::read_head;

async fn with_pages() -> Running {
    let router = Router::new()
        .route("/", get(|| async { "page" }))
        .route("/dev", get(|| async { "never reached" }))
        .route("/login", post(|body: Bytes| async move { body }));
    Running::start(Gateway::builder("dev").http(router)).await
}

fn get_request(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn other_paths_are_the_routers() {
    let running = with_pages().await;
    let host = running.address.to_string();
    assert_eq!(running.http(&get_request("/", &host)).await.body, "page");
    assert_eq!(running.http(&get_request("/absent", &host)).await.status, 404);
    let body = "b".repeat(500_000);
    assert_eq!(running.http(&post_request("/login", &host, "", &body)).await.body, body);
}

#[tokio::test]
async fn a_request_in_pieces_is_put_together() {
    let running = with_pages().await;
    let mut stream = running.raw().await;
    for piece in [
        "POST /login HT",
        "TP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Le",
        "ngth: 6\r\n\r",
        "\nabc",
        "def",
    ] {
        stream.write_all(piece.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(Response::read(&mut stream).await.body, "abcdef");
}

#[tokio::test]
async fn a_connection_serves_several_requests() {
    let running = with_pages().await;
    let mut stream = running.raw().await;
    for _ in 0..3 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert!(read_head(&mut stream).await.starts_with("HTTP/1.1 200 "));
        let mut body = [0; 4];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut body).await.unwrap();
        assert_eq!(&body, b"page");
    }
}

#[tokio::test]
async fn a_get_of_the_stage_without_an_upgrade_is_426() {
    let running = with_pages().await;
    let host = running.address.to_string();
    for path in ["/dev", "/dev/", "/dev?token=t"] {
        let response = running.http(&get_request(path, &host)).await;
        assert_eq!((response.status, response.header("upgrade")), (426, Some("websocket")));
    }
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_idle_http_connections() {
    let long = Duration::from_secs(60);
    let builder = Gateway::builder("dev").shutdown_timeout(long).handshake_timeout(long);
    let running = Running::start(builder.http(Router::new().route("/", get(|| async { "page" })))).await;
    let mut idle = running.raw().await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    read_head(&mut idle).await;
    let mut silent = running.raw().await;
    silent.write_all(b"GET").await.unwrap();
    running.stop().await;
    drop((idle, silent));
}
