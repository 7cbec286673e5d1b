//! The gateway's counters, as Prometheus reads them.

use axum::body::Body;
use everwire_gateway::Gateway;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::support::{Running, allow, constant, echo, failing, hear, only_id, say};

/// The samples of the admin port: every line that is no comment.
async fn samples(gateway: &Gateway) -> Vec<String> {
    let request = http::Request::get("/metrics").header("host", "127.0.0.1:4401").body(Body::empty()).unwrap();
    let response = gateway.admin_router().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn value<'a>(samples: &'a [String], name: &str) -> Option<&'a str> {
    samples.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}

#[tokio::test]
async fn everything_that_happens_is_counted() {
    let running = Running::start(
        Gateway::builder("dev")
            .authorizer(constant(allow()), "token")
            .two_way_route("echo", echo())
            .two_way_route("broken", failing("x")),
    )
    .await;
    for _ in 0..2 {
        running.refused("/dev").await;
    }
    running.refused("/prod?token=x").await;
    let mut client = running.connect("/dev?token=x").await;
    for action in ["echo", "echo", "echo", "broken", "unknown"] {
        say(&mut client, &format!(r#"{{"action":"{action}"}}"#)).await;
        hear(&mut client).await;
    }
    let id = only_id(&running);
    running.post(&format!("/dev/@connections/{id}"), "x").await;
    hear(&mut client).await;
    running.post("/dev/@connections/PJqB0fHsqRcCHlw=", "x").await;
    let other = running.connect("/dev?token=x").await;
    drop(other);
    running.until_open(1).await;

    let counted = samples(&running.gateway).await;
    for (name, expected) in [
        ("connections_open", "1"),
        ("connections_total", "2"),
        ("refused_total{status=\"401\"}", "2"),
        ("refused_total{status=\"403\"}", "1"),
        ("messages_total{route=\"echo\",result=\"ok\"}", "3"),
        ("messages_total{route=\"broken\",result=\"failed\"}", "1"),
        ("messages_total{route=\"\",result=\"forbidden\"}", "1"),
        ("posts_total{status=\"200\"}", "1"),
        ("posts_total{status=\"410\"}", "1"),
        // Two authorizers and four messages.
        ("invoke_duration_seconds_count", "6"),
        ("invoke_duration_seconds_bucket{le=\"+Inf\"}", "6"),
    ] {
        assert_eq!(value(&counted, &format!("everwire_gateway_{name}")), Some(expected), "{name} in {counted:#?}");
    }

    running.gateway.faults().kill_all();
    running.until_open(0).await;
    let gateway = running.gateway.clone();
    running.stop().await;
    let counted = samples(&gateway).await;
    assert_eq!(value(&counted, "everwire_gateway_connections_open"), Some("0"));
    assert_eq!(value(&counted, "everwire_gateway_disconnects_total{code=\"1006\"}"), Some("2"), "{counted:#?}");

    // Another gateway has counters of its own.
    let fresh = samples(&Gateway::builder("dev").build().unwrap()).await;
    assert_eq!(value(&fresh, "everwire_gateway_connections_total"), Some("0"));
}

#[tokio::test]
async fn codes_that_clients_make_up_do_not_make_the_list_endless() {
    let running = Running::start(Gateway::builder("dev")).await;
    for code in 3000..3120_u16 {
        let mut client = running.connect("/dev").await;
        let frame =
            tokio_tungstenite::tungstenite::protocol::CloseFrame { code: code.into(), reason: String::new().into() };
        client.close(Some(frame)).await.unwrap();
    }
    running.until_open(0).await;
    crate::support::in_time(async {
        // The last ones may still be parting.
        while !samples(&running.gateway)
            .await
            .contains(&"everwire_gateway_disconnects_total{code=\"other\"} 20".to_owned())
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let counted = samples(&running.gateway).await;
    let codes = counted.iter().filter(|line| line.starts_with("everwire_gateway_disconnects_total")).count();
    assert_eq!(codes, 101, "{counted:#?}");
}
