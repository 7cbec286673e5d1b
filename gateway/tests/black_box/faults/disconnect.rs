//! `$disconnect` dropped, duplicated, delayed.

use std::time::{Duration, Instant};

use everwire_gateway::{ConnectionId, DisconnectFault, Fault, FaultError, Gateway, Target};

use super::join;
use crate::support::{Events, Running, ok, recorded};

async fn recording() -> (Running, Events) {
    let (disconnect, disconnects) = recorded(|_| Ok(ok()));
    (Running::start(Gateway::builder("dev").route("$disconnect", disconnect)).await, disconnects)
}

/// A client comes and goes.
async fn visit(running: &Running) -> ConnectionId {
    let (client, id) = join(running).await;
    drop(client);
    running.until_open(0).await;
    id
}

#[tokio::test]
async fn disconnects_are_dropped_as_often_as_asked() {
    let (running, mut disconnects) = recording().await;
    running.gateway.faults().disconnect(Target::All, DisconnectFault::Drop, Some(2)).unwrap();
    visit(&running).await;
    visit(&running).await;
    // It is taken when $disconnect is due, which may be a little after the connection is gone.
    running.until_no_fault_stands().await;
    let third = visit(&running).await;
    assert_eq!(disconnects.next().await["requestContext"]["connectionId"], third.to_string());
    running.stop().await;
    assert!(disconnects.is_empty());
}

#[tokio::test]
async fn a_duplicate_has_the_same_event() {
    let (running, mut disconnects) = recording().await;
    let (client, id) = join(&running).await;
    running.gateway.faults().disconnect(id, DisconnectFault::Duplicate, None).unwrap();
    drop(client);
    assert_eq!(disconnects.next().await, disconnects.next().await);
    visit(&running).await;
    disconnects.next().await;
    running.stop().await;
    assert!(disconnects.is_empty(), "the fault was of one connection");
}

#[tokio::test]
async fn a_delayed_disconnect_runs_later() {
    let (running, mut disconnects) = recording().await;
    let (client, id) = join(&running).await;
    let delay = Duration::from_millis(120);
    running.gateway.faults().disconnect(id, DisconnectFault::delay(delay), None).unwrap();
    let started = Instant::now();
    drop(client);
    running.until_open(0).await;
    disconnects.next().await;
    assert!(started.elapsed() >= delay);
}

#[tokio::test]
async fn a_delayed_disconnect_is_not_lost_when_the_gateway_stops() {
    let (running, mut disconnects) = recording().await;
    running.gateway.faults().disconnect(Target::All, DisconnectFault::delay(Duration::from_secs(600)), None).unwrap();
    let id = visit(&running).await;
    assert!(disconnects.is_empty());
    running.stop().await;
    assert_eq!(disconnects.next().await["requestContext"]["connectionId"], id.to_string());
}

#[tokio::test]
async fn a_fault_of_one_overrules_that_of_all() {
    let (running, mut disconnects) = recording().await;
    let faults = running.gateway.faults();
    let (client, id) = join(&running).await;
    faults.disconnect(Target::All, DisconnectFault::Drop, None).unwrap();
    faults.disconnect(id, DisconnectFault::Duplicate, None).unwrap();
    drop(client);
    disconnects.next().await;
    disconnects.next().await;
    visit(&running).await;
    running.stop().await;
    assert!(disconnects.is_empty());
    faults.clear(Fault::Disconnect);
    assert!(faults.active().is_empty());
    assert_eq!(faults.disconnect(id, DisconnectFault::Drop, None), Err(FaultError::NotOpen(id)));
}
