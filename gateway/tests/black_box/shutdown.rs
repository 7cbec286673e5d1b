//! A shutdown closes every socket, runs each `$disconnect` once, and is bounded in time.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use everwire_gateway::{Function, Gateway, function};
use futures_util::StreamExt as _;
use tokio::sync::Semaphore;

use crate::closing::watched;
use crate::support::{Running, close_code, hanging, in_time, ok, say};
use crate::wire::{FIN, TEXT, Wire, frame};

#[tokio::test]
async fn a_shutdown_closes_with_1001() {
    let (builder, mut disconnects) = watched();
    let running = Running::start(builder).await;
    let mut clients = vec![running.connect("/dev").await, running.connect("/dev").await];
    let mut idle = Wire::connect(&running).await;
    let mut closed = Vec::new();
    let stopping = tokio::spawn(running.stop());
    for client in &mut clients {
        closed.push(close_code(client).await);
        // Reading on answers the close frame.
        assert!(in_time(client.next()).await.is_none());
    }
    closed.push(idle.closed_with().await);
    drop((idle, clients));
    in_time(stopping).await.unwrap();
    assert_eq!(closed, [1001, 1001, 1001]);
    for _ in 0..3 {
        let context = disconnects.next().await["requestContext"].clone();
        assert_eq!(context["disconnectStatusCode"], 1001);
        assert_eq!(context["disconnectReason"], "Going away");
    }
    assert!(disconnects.is_empty());
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_client_that_does_not_answer() {
    let (builder, disconnects) = watched();
    let running = Running::start(builder.close_timeout(Duration::from_millis(50))).await;
    let wire = Wire::connect(&running).await;
    let mut disconnects = disconnects;
    running.stop().await;
    assert_eq!(disconnects.next().await["requestContext"]["disconnectStatusCode"], 1001);
    assert!(disconnects.is_empty());
    drop(wire);
}

#[tokio::test]
async fn a_shutdown_is_bounded_even_if_a_function_hangs() {
    for route in ["$disconnect", "$default"] {
        let running = Running::start(
            Gateway::builder("dev")
                .close_timeout(Duration::from_millis(10))
                .shutdown_timeout(Duration::from_millis(100))
                .route(route, hanging()),
        )
        .await;
        let mut wire = Wire::connect(&running).await;
        wire.send(&frame(FIN | TEXT, b"work")).await;
        running.stop().await;
        drop(wire);
    }
}

/// A function that says when it started, and ends when it is told to.
fn held() -> (impl Function, Arc<Semaphore>, Arc<Semaphore>) {
    let (started, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let handles = (started.clone(), go_on.clone());
    let function = function(move |_: Bytes| {
        let (started, go_on) = handles.clone();
        async move {
            started.add_permits(1);
            let _go = go_on.acquire().await.unwrap();
            Ok(ok().to_string().into())
        }
    });
    (function, started, go_on)
}

#[tokio::test]
async fn a_shutdown_waits_for_messages_that_are_in_their_functions() {
    let (builder, mut disconnects) = watched();
    let (message, started, go_on) = held();
    let running = Running::start(builder.route("$default", message)).await;
    let mut client = running.connect("/dev").await;
    say(&mut client, "work").await;
    let _started = in_time(started.acquire()).await.unwrap();
    let stopping = tokio::spawn(running.stop());
    assert_eq!(close_code(&mut client).await, 1001);
    assert!(in_time(client.next()).await.is_none());
    disconnects.next().await;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished(), "the function still runs");
    go_on.add_permits(1);
    in_time(stopping).await.unwrap();
}

#[tokio::test]
async fn a_shutdown_during_connect_still_ends_in_one_disconnect() {
    let (builder, mut disconnects) = watched();
    let (connect, started, go_on) = held();
    let running = Running::start(builder.route("$connect", connect)).await;
    let address = running.address;
    let connecting = tokio::spawn(async move {
        let (mut client, _) = tokio_tungstenite::connect_async(format!("ws://{address}/dev")).await.unwrap();
        close_code(&mut client).await
    });
    let _started = started.acquire().await.unwrap();
    let stopping = tokio::spawn(running.stop());
    tokio::task::yield_now().await;
    go_on.add_permits(1);
    assert_eq!(in_time(connecting).await.unwrap(), 1001);
    in_time(stopping).await.unwrap();
    assert_eq!(disconnects.next().await["requestContext"]["disconnectStatusCode"], 1001);
    assert!(disconnects.is_empty());
}
