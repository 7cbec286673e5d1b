//! Idle time and life of a connection, on a clock that stands still until a test moves it.

use std::time::Duration;

use everwire_gateway::{BuildError, Gateway, GatewayBuilder, ManualClock};
use serde_json::json;

use crate::closing::watched;
use crate::support::{Events, Running, constant, echo, ok, only_id};
use crate::wire::{CONTINUATION, FIN, PING, PONG, TEXT, Wire, frame};

const MINUTE: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(1);

struct Timed {
    clock: ManualClock,
    running: Running,
    wire: Wire,
    disconnects: Events,
}

impl Timed {
    async fn start(build: impl FnOnce(GatewayBuilder) -> GatewayBuilder) -> Self {
        let clock = ManualClock::new(Duration::from_millis(1_701_245_041_796));
        let (builder, disconnects) = watched();
        let builder = builder.clock(clock.clone()).two_way_route("$default", echo());
        let running = Running::start(build(builder)).await;
        let wire = Wire::connect(&running).await;
        Self { clock, running, wire, disconnects }
    }

    /// Checks that the connection is open, by what does not count as data.
    async fn assert_open(&mut self) {
        self.wire.send(&frame(FIN | PING, b"there?")).await;
        assert_eq!(self.wire.read().await.unwrap(), (FIN | PONG, b"there?".to_vec()));
    }

    async fn assert_expired(mut self) {
        self.assert_closed_with(1001, "Going away").await;
        self.running.stop().await;
        assert!(self.disconnects.is_empty(), "$disconnect ran twice");
    }

    async fn assert_closed_with(&mut self, code: u16, reason: &str) {
        let (first, payload) = self.wire.read().await.expect("a close frame");
        assert_eq!((first, &payload[..2], &payload[2..]), (0x88, &code.to_be_bytes()[..], reason.as_bytes()));
        self.wire.assert_ended().await;
        tokio::io::AsyncWriteExt::shutdown(&mut self.wire.0).await.unwrap();
        let context = self.disconnects.next().await["requestContext"].clone();
        assert_eq!((&context["disconnectStatusCode"], &context["disconnectReason"]), (&json!(code), &json!(reason)));
    }
}

#[tokio::test]
async fn ten_idle_minutes_end_a_connection() {
    let mut timed = Timed::start(|builder| builder).await;
    timed.clock.advance(10 * MINUTE - MOMENT);
    timed.assert_open().await;
    timed.clock.advance(MOMENT);
    timed.assert_expired().await;
}

#[tokio::test]
async fn a_message_from_the_client_keeps_it_open() {
    let mut timed = Timed::start(|builder| builder.route("quiet", constant(ok()))).await;
    for _ in 0..3 {
        timed.clock.advance(9 * MINUTE);
        timed.wire.send(&frame(FIN | TEXT, br#"{"action":"quiet"}"#)).await;
        timed.assert_open().await;
    }
    timed.clock.advance(10 * MINUTE);
    timed.assert_expired().await;
}

#[tokio::test]
async fn a_post_keeps_it_open() {
    let mut timed = Timed::start(|builder| builder).await;
    let path = format!("/dev/@connections/{}", only_id(&timed.running));
    for _ in 0..3 {
        timed.clock.advance(9 * MINUTE);
        assert_eq!(timed.running.post(&path, "news").await.status, 200);
        assert_eq!(timed.wire.read().await.unwrap(), (FIN | TEXT, b"news".to_vec()));
    }
    timed.clock.advance(10 * MINUTE);
    timed.assert_expired().await;
}

#[tokio::test]
async fn a_late_reply_keeps_it_open() {
    let go_on = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let slow = {
        let go_on = std::sync::Arc::clone(&go_on);
        everwire_gateway::function(move |_| {
            let go_on = std::sync::Arc::clone(&go_on);
            async move {
                let _go = go_on.acquire().await.unwrap();
                Ok(json!({"statusCode": 200, "body": "late"}).to_string().into())
            }
        })
    };
    let mut timed = Timed::start(|builder| builder.two_way_route("slow", slow)).await;
    timed.wire.send(&frame(FIN | TEXT, br#"{"action":"slow"}"#)).await;
    timed.assert_open().await;
    timed.clock.advance(9 * MINUTE);
    go_on.add_permits(1);
    assert_eq!(timed.wire.read().await.unwrap(), (FIN | TEXT, b"late".to_vec()));
    timed.clock.advance(9 * MINUTE);
    timed.assert_open().await;
    timed.clock.advance(MINUTE);
    timed.assert_expired().await;
}

#[tokio::test]
async fn pings_and_halves_of_messages_do_not_keep_it_open() {
    let mut timed = Timed::start(|builder| builder).await;
    timed.wire.send(&frame(TEXT, b"half")).await;
    timed.assert_open().await;
    timed.clock.advance(9 * MINUTE);
    timed.wire.send(&frame(CONTINUATION, b"and a quarter")).await;
    timed.wire.send(&frame(FIN | PONG, b"")).await;
    timed.assert_open().await;
    timed.clock.advance(MINUTE);
    timed.assert_expired().await;
}

#[tokio::test]
async fn pings_keep_it_open_on_request() {
    let mut timed = Timed::start(|builder| builder.pings_keep_alive(true)).await;
    for _ in 0..3 {
        timed.clock.advance(9 * MINUTE);
        timed.assert_open().await;
    }
    timed.clock.advance(10 * MINUTE);
    timed.assert_expired().await;
}

#[tokio::test]
async fn two_hours_end_a_connection_that_is_never_idle() {
    let mut timed = Timed::start(|builder| builder).await;
    for _ in 0..14 {
        timed.clock.advance(8 * MINUTE);
        timed.wire.send(&frame(FIN | TEXT, b"alive")).await;
        assert_eq!(timed.wire.read().await.unwrap(), (FIN | TEXT, b"alive".to_vec()));
    }
    timed.clock.advance(8 * MINUTE - MOMENT);
    timed.assert_open().await;
    timed.clock.advance(MOMENT);
    timed.assert_expired().await;
}

#[tokio::test]
async fn both_times_can_be_set_and_scaled() {
    let mut timed = Timed::start(|builder| builder.idle_timeout(MINUTE).time_scale(60.0)).await;
    timed.clock.advance(Duration::from_millis(999));
    timed.assert_open().await;
    timed.clock.advance(MOMENT);
    timed.assert_expired().await;

    let mut timed = Timed::start(|builder| builder.idle_timeout(Duration::MAX).max_life(MINUTE)).await;
    timed.clock.advance(MINUTE - MOMENT);
    timed.assert_open().await;
    timed.clock.advance(MOMENT);
    timed.assert_expired().await;
}

#[tokio::test]
async fn never_is_never() {
    let mut timed = Timed::start(|builder| builder.idle_timeout(Duration::MAX).max_life(Duration::MAX)).await;
    timed.clock.advance(Duration::from_secs(100 * 365 * 24 * 60 * 60));
    timed.assert_open().await;
}

#[tokio::test]
async fn events_and_activity_have_the_time_of_the_clock() {
    let mut timed = Timed::start(|builder| builder).await;
    assert_eq!(timed.running.gateway.connections()[0].connected_at, 1_701_245_041_796);
    timed.clock.advance(Duration::from_millis(2500));
    timed.wire.send(&frame(FIN | TEXT, b"x")).await;
    timed.wire.read().await.unwrap();
    assert_eq!(timed.running.gateway.connections()[0].last_active_at, 1_701_245_044_296);
    timed.clock.advance(10 * MINUTE);
    timed.wire.closed_with().await;
    drop(timed.wire);
    let context = timed.disconnects.next().await["requestContext"].clone();
    assert_eq!(context["connectedAt"], 1_701_245_041_796_u64);
    assert_eq!(context["requestTimeEpoch"], 1_701_245_644_296_u64);
    assert_eq!(context["requestTime"], "29/Nov/2023:08:14:04 +0000");
}

#[test]
fn a_time_that_means_nothing_is_refused() {
    let refused = |builder: GatewayBuilder| match builder.build() {
        Err(BuildError::OutOfRange { setting, .. }) => setting,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(Gateway::builder("dev").idle_timeout(Duration::ZERO)), "idle_timeout");
    assert_eq!(refused(Gateway::builder("dev").max_life(Duration::ZERO)), "max_life");
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert_eq!(refused(Gateway::builder("dev").time_scale(scale)), "time_scale");
    }
    assert_eq!(refused(Gateway::builder("dev").throttle_connects(0)), "throttle_connects");
}
