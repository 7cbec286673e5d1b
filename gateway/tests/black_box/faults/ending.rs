//! Closing with any code. Killing is told of with the admin port.

use everwire_gateway::{FaultError, Gateway, Target};
use futures_util::StreamExt as _;
use tokio_tungstenite::tungstenite::Message;

use super::join;
use crate::support::{Running, close_code, in_time, ok, recorded};

#[tokio::test]
async fn a_connection_is_closed_with_the_code_and_reason_asked_for() {
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running = Running::start(Gateway::builder("dev").route("$disconnect", disconnect)).await;
    let longest = "r".repeat(123);
    for (code, reason) in
        [(1000, ""), (1001, "moving"), (1008, "who?"), (1012, ""), (3000, ""), (4401, longest.as_str()), (4999, "ü")]
    {
        let (mut client, id) = join(&running).await;
        assert_eq!(running.gateway.faults().close(id, code, reason), Ok(1));
        match in_time(client.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => {
                assert_eq!((u16::from(frame.code), frame.reason.as_str()), (code, reason));
            }
            other => panic!("expected a close frame, got {other:?}"),
        }
        drop(client);
        let event = disconnects.next().await;
        assert_eq!(event["requestContext"]["disconnectStatusCode"], code);
        assert_eq!(event["requestContext"]["disconnectReason"], reason);
    }
}

#[tokio::test]
async fn all_connections_or_one_alone_are_closed() {
    let running = Running::start(Gateway::builder("dev")).await;
    let faults = running.gateway.faults();
    let (mut first, id) = join(&running).await;
    let (mut second, _) = join(&running).await;
    let (mut third, _) = join(&running).await;
    assert_eq!(faults.close(id, 4000, ""), Ok(1));
    assert_eq!(close_code(&mut first).await, 4000);
    drop(first);
    running.until_open(2).await;
    assert_eq!(faults.close(id, 4000, ""), Ok(0), "it is closed already");
    assert_eq!(faults.close(Target::All, 1001, ""), Ok(2));
    assert_eq!(close_code(&mut second).await, 1001);
    assert_eq!(close_code(&mut third).await, 1001);
}

#[tokio::test]
async fn what_no_close_frame_can_carry_is_refused() {
    let running = Running::start(Gateway::builder("dev")).await;
    let faults = running.gateway.faults();
    let (_client, _) = join(&running).await;
    for code in [0, 999, 1005, 1006, 1015, 5000, u16::MAX] {
        assert_eq!(faults.close(Target::All, code, ""), Err(FaultError::InvalidCode(code)));
    }
    assert_eq!(faults.close(Target::All, 1000, &"ü".repeat(62)), Err(FaultError::ReasonTooLong(124)));
    assert_eq!(running.gateway.connections().len(), 1, "it was closed nevertheless");
}
