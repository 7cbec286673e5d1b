//! Blackhole and accept-then-close; refusals are told of with the admin port.

use std::io;

use everwire_gateway::{Fault, FaultError, Gateway};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use super::busy_elsewhere;
use crate::support::{Running, close_code, echo, in_time, ok, recorded, upgrade};
use crate::wire::Wire;

#[tokio::test]
async fn a_swallowed_handshake_is_never_answered_and_runs_nothing() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let running =
        Running::start(Gateway::builder("dev").route("$connect", connect).two_way_route("$default", echo())).await;
    let faults = running.gateway.faults();
    faults.blackhole(Some(1));
    let mut swallowed = running.raw().await;
    swallowed.write_all(upgrade("/dev", &running.address.to_string()).as_bytes()).await.unwrap();
    running.until_no_fault_stands().await;
    // The next is answered, this one is not, even now that the fault is over.
    faults.clear(Fault::Blackhole);
    busy_elsewhere(&running).await;
    connects.next().await;
    assert!(connects.is_empty(), "$connect ran for it");
    let read = swallowed.try_read(&mut [0; 16]);
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::WouldBlock);

    running.stop().await;
    assert_eq!(in_time(tokio::io::AsyncReadExt::read(&mut swallowed, &mut [0; 16])).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn plain_http_passes_the_blackhole() {
    let running = Running::start(Gateway::builder("dev")).await;
    running.gateway.faults().blackhole(None);
    assert_eq!(running.http("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.status, 404);
    assert_eq!(running.gateway.faults().active().len(), 1);
}

#[tokio::test]
async fn an_accepted_handshake_can_be_closed_at_once() {
    let (connect, mut connects) = recorded(|_| Ok(ok()));
    let (disconnect, mut disconnects) = recorded(|_| Ok(ok()));
    let running =
        Running::start(Gateway::builder("dev").route("$connect", connect).route("$disconnect", disconnect)).await;
    running.gateway.faults().accept_then_close(4321, "not today", Some(2)).unwrap();
    for _ in 0..2 {
        let mut wire = Wire::connect(&running).await;
        assert_eq!(wire.closed_with().await, 4321);
        drop(wire);
        let connected: Value = connects.next().await;
        let disconnected = disconnects.next().await;
        let (connected, disconnected) = (&connected["requestContext"], &disconnected["requestContext"]);
        assert_eq!(connected["connectionId"], disconnected["connectionId"]);
        assert_eq!(disconnected["disconnectStatusCode"], 4321);
        assert_eq!(disconnected["disconnectReason"], "not today");
    }
    let mut client = running.connect("/dev").await;
    running.gateway.faults().kill_all();
    assert!(in_time(futures_util::StreamExt::next(&mut client)).await.unwrap().is_err(), "it was closed in order");
}

#[tokio::test]
async fn refusing_comes_before_accepting_and_the_blackhole_before_both() {
    let running = Running::start(Gateway::builder("dev")).await;
    let faults = running.gateway.faults();
    faults.accept_then_close(1013, "", Some(1)).unwrap();
    faults.refuse(503, Some(1)).unwrap();
    faults.blackhole(Some(1));
    let mut swallowed = running.raw().await;
    swallowed.write_all(upgrade("/dev", &running.address.to_string()).as_bytes()).await.unwrap();
    in_time(async {
        while faults.active().len() != 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(running.refused("/dev").await.status, 503);
    let mut client = running.connect("/dev").await;
    assert_eq!(close_code(&mut client).await, 1013);
    assert_eq!(faults.accept_then_close(1006, "", None), Err(FaultError::InvalidCode(1006)));
}
