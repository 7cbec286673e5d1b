//! Faults on demand, by the Rust API: each has its effect, on whom it is for, as often as asked, and ends.

mod active;
mod disconnect;
mod ending;
mod handshake;
mod management;
mod wire;

use everwire_gateway::{ConnectionId, Gateway};

use crate::support::{Client, Running, echo, hear, say};

async fn echoing() -> Running {
    Running::start(Gateway::builder("dev").two_way_route("$default", echo())).await
}

/// A client and the id of its connection.
async fn join(running: &Running) -> (Client, ConnectionId) {
    let before: Vec<_> = running.gateway.connections().iter().map(|info| info.id).collect();
    let client = running.connect("/dev").await;
    let id = running.gateway.connections().iter().map(|info| info.id).find(|id| !before.contains(id)).unwrap();
    (client, id)
}

/// Gives the gateway every chance to do something: another client's messages go to and fro.
async fn busy_elsewhere(running: &Running) {
    let mut other = running.connect("/dev").await;
    for _ in 0..50 {
        say(&mut other, "elsewhere").await;
        assert_eq!(hear(&mut other).await, "elsewhere");
    }
}
