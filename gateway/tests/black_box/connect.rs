//! What `$connect`'s answer and the request itself do to a handshake, row by row.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use everwire_gateway::{Function, Gateway, function};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use crate::support::{Response, Running, allow, constant, failing, hanging, hear, ok, recorded, upgrade};
use crate::wire::{CLOSE, FIN, TEXT, Wire, frame, read_head};

async fn refused_by(connect: impl Function) -> Response {
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .integration_timeout(Duration::from_millis(50))
            .route("$connect", connect)
            .route("$disconnect", disconnect),
    )
    .await;
    let response = running.refused("/dev").await;
    assert!(running.gateway.connections().is_empty());
    running.stop().await;
    assert!(disconnects.is_empty(), "what never was cannot be disconnected");
    response
}

#[tokio::test]
async fn a_2xx_opens_the_connection() {
    for status in [json!(200), json!(201), json!(299), json!("200")] {
        let running =
            Running::start(Gateway::builder("dev").route("$connect", constant(json!({"statusCode": status})))).await;
        running.connect("/dev").await;
        running.until_open(1).await;
    }
}

#[tokio::test]
async fn any_other_status_is_passed_on() {
    for status in [301, 400, 401, 403, 404, 429, 500, 501, 503, 599] {
        let response = refused_by(constant(json!({"statusCode": status, "body": "not delivered"}))).await;
        assert_eq!(response.status, status);
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert!(!response.body.contains("not delivered"));
    }
}

#[tokio::test]
async fn a_failing_function_is_502() {
    assert_eq!(refused_by(failing("Unauthorized")).await.status, 502);
}

#[tokio::test]
async fn no_valid_status_is_502() {
    for answer in
        [json!(null), json!({}), json!("ok"), json!({"statusCode": 101}), json!({"statusCode": "x"}), json!([200])]
    {
        assert_eq!(refused_by(constant(answer)).await.status, 502);
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_504() {
    assert_eq!(refused_by(hanging()).await.status, 504);
}

#[tokio::test]
async fn without_a_connect_route_the_handshake_succeeds() {
    let running = Running::start(Gateway::builder("dev").authorizer(constant(allow()), "token")).await;
    running.connect("/dev?token=t").await;
}

#[tokio::test]
async fn the_handshake_stays_pending_and_posts_are_gone_until_connect_returns() {
    let (started, go_on) = (Arc::new(tokio::sync::Semaphore::new(0)), Arc::new(Notify::new()));
    let (id_sender, mut id) = tokio::sync::mpsc::unbounded_channel();
    let connect = {
        let (started, go_on) = (Arc::clone(&started), Arc::clone(&go_on));
        function(move |event: Bytes| {
            let (started, go_on, id_sender) = (Arc::clone(&started), Arc::clone(&go_on), id_sender.clone());
            async move {
                let event: serde_json::Value = serde_json::from_slice(&event).unwrap();
                id_sender.send(event["requestContext"]["connectionId"].as_str().unwrap().to_owned()).unwrap();
                started.add_permits(1);
                go_on.notified().await;
                Ok(ok().to_string().into())
            }
        })
    };
    let running = Running::start(Gateway::builder("dev").route("$connect", connect)).await;
    let mut stream = running.raw().await;
    stream.write_all(upgrade("/dev", &running.address.to_string()).as_bytes()).await.unwrap();
    let _started = started.acquire().await.unwrap();
    let id = id.recv().await.unwrap();

    let response = running.post(&format!("/dev/@connections/{id}"), "too early").await;
    assert_eq!((response.status, response.header("x-amzn-errortype")), (410, Some("GoneException")));
    let mut byte = [0];
    assert!(stream.try_read(&mut byte).is_err(), "no 101 before $connect returned");

    go_on.notify_one();
    assert!(read_head(&mut stream).await.starts_with("HTTP/1.1 101 "));
    assert_eq!(running.post(&format!("/dev/@connections/{id}"), "now").await.status, 200);
    assert_eq!(Wire(stream).read().await.unwrap(), (FIN | TEXT, b"now".to_vec()));
}

#[tokio::test]
async fn a_post_from_within_the_first_message_reaches_the_client() {
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$default", message)).await;
    let mut client = running.connect("/dev").await;
    crate::support::say(&mut client, "hello").await;
    let event = messages.next().await;
    let id = event["requestContext"]["connectionId"].as_str().unwrap();
    let domain = event["requestContext"]["domainName"].as_str().unwrap();
    assert_eq!(domain, running.address.to_string());
    assert_eq!(running.post(&format!("/dev/@connections/{id}"), "pushed").await.status, 200);
    assert_eq!(hear(&mut client).await, "pushed");
}

#[tokio::test]
async fn the_101_has_the_accept_key_and_no_extension() {
    let running = Running::start(Gateway::builder("dev")).await;
    let mut stream = running.raw().await;
    let request = upgrade("/dev", &running.address.to_string())
        .replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = read_head(&mut stream).await;
    // The key and its answer are the example of RFC 6455 section 1.3.
    assert_eq!(
        head,
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    );
}

#[tokio::test]
async fn frames_that_come_with_the_handshake_are_not_lost() {
    let (message, mut messages) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$default", message)).await;
    let mut eager = upgrade("/dev", &running.address.to_string()).into_bytes();
    eager.extend(frame(FIN | TEXT, b"first"));
    eager.extend(frame(FIN | CLOSE, &[]));
    let mut stream = running.raw().await;
    stream.write_all(&eager).await.unwrap();
    assert_eq!(messages.next().await["body"], "first");
}

#[tokio::test]
async fn requests_that_are_no_handshake_for_this_stage_are_refused() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$connect", connect)).await;
    let host = running.address.to_string();
    let good = upgrade("/dev", &host);
    let long = format!("/dev?token={}", "x".repeat(4096 - "/dev?token=".len()));
    for (request, status) in [
        (upgrade("/prod", &host), 403),
        (upgrade("/", &host), 403),
        (upgrade("/dev/more", &host), 403),
        (upgrade("/../dev", &host), 403),
        (upgrade("/x/../dev", &host), 403),
        (upgrade("/%2e%2e/dev", &host), 403),
        (upgrade("/..%2Fdev", &host), 403),
        (upgrade("/dev%00", &host), 403),
        (upgrade("/DEV", &host), 403),
        (upgrade(&format!("{long}x"), &host), 414),
        (upgrade("/dev", "evil.example"), 403),
        (upgrade("/dev", "localhost.evil.example:80"), 403),
        (good.replace("Sec-WebSocket-Version: 13\r\n", ""), 426),
        (good.replace("Version: 13", "Version: 8"), 426),
        (good.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), 400),
        (good.replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ=="), 400),
        (good.replace("dGhlIHNhbXBsZSBub25jZQ==", "not base64 at all!!!"), 400),
        (good.replace(&format!("Host: {host}\r\n"), ""), 400),
        (good.replace("\r\n\r\n", "\r\nHost: evil.example\r\n\r\n"), 400),
        (good.replace("HTTP/1.1", "HTTP/1.0"), 400),
    ] {
        let response = running.http(&request).await;
        assert_eq!(response.status, status, "{request}");
        assert!(response.json()["connectionId"].is_string());
    }
    running.stop().await;
    assert!(connects.is_empty());
}

#[tokio::test]
async fn a_url_of_4096_characters_is_not_too_long() {
    let running = Running::start(Gateway::builder("dev")).await;
    let long = format!("/dev?token={}", "x".repeat(4096 - "/dev?token=".len()));
    assert_eq!(long.len(), 4096);
    running.connect(&long).await;
}

#[tokio::test]
async fn version_8_is_told_what_is_spoken() {
    let running = Running::start(Gateway::builder("dev")).await;
    let request = upgrade("/dev", &running.address.to_string()).replace("Version: 13", "Version: 8");
    let response = running.http(&request).await;
    assert_eq!((response.status, response.header("sec-websocket-version")), (426, Some("13")));
}
