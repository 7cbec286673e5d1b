//! Half-open, delay, dribble.

use std::time::{Duration, Instant};

use everwire_gateway::{Fault, FaultError, Gateway, Target};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;

use super::{busy_elsewhere, echoing, join};
use crate::support::{Running, close_code, hear, in_time, ok, recorded, say};
use crate::wire::{FIN, PING, PONG, TEXT, Wire, frame};

/// Longer than any test waits.
const FOR_EVER: Duration = Duration::from_secs(600);

#[tokio::test]
async fn a_half_open_connection_goes_silent_and_keeps_what_it_was_sent_until_cleared() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (mut client, id) = join(&running).await;
    faults.half_open(id).unwrap();
    assert_eq!(running.post(&format!("/dev/@connections/{id}"), "posted").await.status, 200);
    say(&mut client, "said").await;
    busy_elsewhere(&running).await;
    assert!(client.next().now_or_never().is_none(), "it is not silent");
    assert!(running.gateway.connections().iter().any(|info| info.id == id), "it is not open");

    faults.clear_one(Fault::HalfOpen, &id);
    let mut heard = [hear(&mut client).await, hear(&mut client).await];
    heard.sort();
    assert_eq!(heard, ["posted", "said"]);
}

#[tokio::test]
async fn all_connections_can_be_half_open_later_ones_too() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (mut early, _) = join(&running).await;
    faults.half_open(Target::All).unwrap();
    let (mut late, _) = join(&running).await;
    say(&mut early, "early").await;
    say(&mut late, "late").await;
    // Plain HTTP is not concerned, and its answers show that the gateway is at work.
    for _ in 0..50 {
        assert_eq!(running.http("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.status, 404);
    }
    assert!(early.next().now_or_never().is_none() && late.next().now_or_never().is_none());
    faults.clear(Fault::HalfOpen);
    assert_eq!(hear(&mut early).await, "early");
    assert_eq!(hear(&mut late).await, "late");
}

#[tokio::test]
async fn a_half_open_connection_is_reset_when_the_gateway_ends_it() {
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$disconnect", disconnect)).await;
    let mut wire = Wire::connect(&running).await;
    running.gateway.faults().half_open(Target::All).unwrap();
    running.gateway.faults().close(Target::All, 4000, "unheard").unwrap();
    assert!(wire.read().await.is_none(), "a close frame came through");
    assert_eq!(disconnects.next().await["requestContext"]["disconnectStatusCode"], 4000);
}

#[tokio::test]
async fn a_delay_holds_up_each_way() {
    let running = echoing().await;
    let (mut client, id) = join(&running).await;
    let delay = Duration::from_millis(60);
    running.gateway.faults().delay(id, delay).unwrap();
    let started = Instant::now();
    for text in ["1", "2", "3"] {
        say(&mut client, text).await;
    }
    let mut heard = [hear(&mut client).await, hear(&mut client).await, hear(&mut client).await];
    assert!(started.elapsed() >= delay * 2, "{:?}", started.elapsed());
    // Invocations have no order; what is delayed is lost for that no more than otherwise.
    heard.sort();
    assert_eq!(heard, ["1", "2", "3"]);

    let started = Instant::now();
    for text in ["a", "b", "c"] {
        running.post(&format!("/dev/@connections/{id}"), text).await;
    }
    for text in ["a", "b", "c"] {
        assert_eq!(hear(&mut client).await, text);
    }
    assert!(started.elapsed() >= delay);
}

#[tokio::test]
async fn a_delay_is_of_its_connection_alone_and_what_it_held_comes_when_it_is_cleared() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (mut client, id) = join(&running).await;
    faults.delay(id, FOR_EVER).unwrap();
    say(&mut client, "said").await;
    running.post(&format!("/dev/@connections/{id}"), "posted").await;
    busy_elsewhere(&running).await;
    assert!(client.next().now_or_never().is_none());
    faults.clear(Fault::Delay);
    let mut heard = [hear(&mut client).await, hear(&mut client).await];
    heard.sort();
    assert_eq!(heard, ["posted", "said"]);
}

#[tokio::test]
async fn pings_and_closing_take_the_same_way() {
    let running = echoing().await;
    let mut wire = Wire::connect(&running).await;
    let delay = Duration::from_millis(40);
    running.gateway.faults().delay(Target::All, delay).unwrap();
    let started = Instant::now();
    wire.send(&frame(FIN | PING, b"are you there")).await;
    assert_eq!(wire.read().await.unwrap(), (FIN | PONG, b"are you there".to_vec()));
    assert!(started.elapsed() >= delay * 2);

    let (mut client, _) = join(&running).await;
    let started = Instant::now();
    in_time(client.send(Message::Close(None))).await.unwrap();
    assert!(matches!(in_time(client.next()).await, Some(Ok(Message::Close(_)))));
    assert!(started.elapsed() >= delay * 2);
}

#[tokio::test]
async fn a_close_frame_gets_through_a_delay_longer_than_the_close_timeout() {
    let running = Running::start(Gateway::builder("dev").close_timeout(Duration::from_millis(50))).await;
    let (mut client, id) = join(&running).await;
    running.gateway.faults().delay(id, Duration::from_millis(150)).unwrap();
    running.gateway.faults().close(id, 4001, "").unwrap();
    assert_eq!(close_code(&mut client).await, 4001);
}

#[tokio::test]
async fn a_dribbled_message_comes_byte_by_byte() {
    let running = echoing().await;
    let mut wire = Wire::connect(&running).await;
    let id = running.gateway.connections()[0].id;
    let pause = Duration::from_millis(20);
    running.gateway.faults().dribble(id, pause).unwrap();
    let started = Instant::now();
    running.post(&format!("/dev/@connections/{id}"), "hello").await;
    assert_eq!(wire.read().await.unwrap(), (FIN | TEXT, b"hello".to_vec()));
    // Two bytes of header and five of text have six pauses between them.
    assert!(started.elapsed() >= pause * 6, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_large_message_is_whole_after_dribbling_without_a_pause() {
    let running = echoing().await;
    running.gateway.faults().dribble(Target::All, Duration::ZERO).unwrap();
    let (mut client, id) = join(&running).await;
    let text = "0123456789abcdef".repeat(8 * 1024);
    assert_eq!(running.post(&format!("/dev/@connections/{id}"), &text).await.status, 200);
    assert_eq!(hear(&mut client).await, text);
    running.gateway.faults().clear_all();
    say(&mut client, "quick again").await;
    assert_eq!(hear(&mut client).await, "quick again");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_bounded_under_a_delay_too() {
    let running = Running::start(Gateway::builder("dev").send_buffer(128 * 1024)).await;
    let (_client, id) = join(&running).await;
    running.gateway.faults().delay(id, FOR_EVER).unwrap();
    let text = "x".repeat(16 * 1024);
    let mut taken = 0;
    while running.post(&format!("/dev/@connections/{id}"), &text).await.status == 200 {
        taken += 1;
        assert!(taken < 64, "more than a megabyte waits for a client");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (client, id) = join(&running).await;
    for time in [Duration::ZERO, Duration::from_micros(999), Duration::from_millis(600_001)] {
        let error = FaultError::InvalidTime { milliseconds: time.as_millis(), allowed: "1 to 600000" };
        assert_eq!(faults.delay(id, time), Err(error));
    }
    drop(client);
    running.until_open(0).await;
    assert_eq!(faults.half_open(id), Err(FaultError::NotOpen(id)));
    assert_eq!(faults.delay(id, FOR_EVER), Err(FaultError::NotOpen(id)));
    assert_eq!(faults.dribble(id, FOR_EVER), Err(FaultError::NotOpen(id)));
    assert!(faults.active().is_empty());
}
