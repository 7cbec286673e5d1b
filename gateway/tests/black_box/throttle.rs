//! The rate of new connections.

use std::time::Duration;

use everwire_gateway::{Gateway, ManualClock};

use crate::support::{Running, allow, ok, recorded};
use crate::wire::Wire;

#[tokio::test]
async fn connections_over_the_rate_get_429_and_nothing_runs_for_them() {
    let clock = ManualClock::new(Duration::from_secs(1_701_245_041));
    let (authorizer, mut authorizations) = recorded(|_| Ok(allow()));
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let running = Running::start(
        Gateway::builder("dev")
            .clock(clock.clone())
            .throttle_connects(2)
            .authorizer(authorizer, "token")
            .route("$connect", connect),
    )
    .await;
    let mut let_in = async || {
        drop(running.connect("/dev?token=t").await);
        authorizations.next().await;
        connects.next().await;
        (authorizations.is_empty(), connects.is_empty())
    };
    for _ in 0..2 {
        assert_eq!(let_in().await, (true, true));
    }
    for _ in 0..3 {
        let response = running.refused("/dev?token=t").await;
        assert_eq!((response.status, response.json()["message"].as_str()), (429, Some("Too Many Requests")));
    }
    clock.advance(Duration::from_millis(500));
    assert_eq!(let_in().await, (true, true));
    assert_eq!(running.refused("/dev?token=t").await.status, 429);
    clock.advance(Duration::from_secs(10));
    for _ in 0..2 {
        assert_eq!(let_in().await, (true, true));
    }
    assert_eq!(running.refused("/dev?token=t").await.status, 429);
}

#[tokio::test]
async fn what_is_no_handshake_of_this_stage_takes_nothing_of_the_rate() {
    let clock = ManualClock::new(Duration::ZERO);
    let running = Running::start(Gateway::builder("dev").clock(clock).throttle_connects(1)).await;
    for _ in 0..3 {
        assert_eq!(running.refused("/other").await.status, 403);
        assert_eq!(running.post("/dev/@connections/PJqB0fHsqRcCHlw=", "x").await.status, 410);
    }
    drop(Wire::connect(&running).await);
    assert_eq!(running.refused("/dev").await.status, 429);
}
