//! The rounds: each contestant does each operation once a round, one after the other, while the others idle.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::Result;
use crate::clients::{Client, connects, echoes, pushes};
use crate::contestant::{Contestant, Kind};
use crate::machine::Machine;
use crate::push::Poster;
use crate::report::{Figures, render};
use crate::sample::p50_micros;

/// Clients at once.
const CLIENTS: usize = 8;
/// What a server still does after the last answer, such as `$disconnect`, is over by then, and belongs to the operation.
const SETTLE: Duration = Duration::from_millis(200);

const KINDS: [Kind; 3] = [Kind::Bare, Kind::Gateway, Kind::ServerlessOffline];

/// Measures everyone and tells the report.
pub(crate) async fn run(peers: &Path, rounds: usize) -> Result<String> {
    let machine = Machine::look()?;
    let mut contestants = Vec::new();
    for kind in KINDS {
        contestants.push(Arc::new(Contestant::start(kind, peers).await?));
    }
    let mut figures: Vec<Figures> = contestants.iter().map(|contestant| Figures::of(contestant)).collect();
    for contestant in &contestants {
        eprintln!("warm up {}", contestant.name);
        round(contestant, 10, &mut Figures::of(contestant)).await?;
    }
    for number in 1..=rounds {
        for ((contestant, figures), kind) in contestants.iter().zip(&mut figures).zip(KINDS) {
            eprintln!("round {number} of {rounds}: {}", contestant.name);
            round(contestant, 1, figures).await?;
            // Earlier work leaves memory behind that later connections use, so a new process each time.
            figures.idle.0.push(idle_bytes(&Contestant::start(kind, peers).await?).await?);
        }
    }
    Ok(render(&machine, &Machine::look()?, rounds, CLIENTS, &figures))
}

/// One round of one contestant, or a fraction of it.
async fn round(contestant: &Arc<Contestant>, fraction: usize, figures: &mut Figures) -> Result<()> {
    let work = contestant.work;
    let part = |count: usize| (count / fraction).max(CLIENTS);
    let cpu = async |operation: Operation, count: usize| {
        let each = part(count) / CLIENTS;
        let before = contestant.process.cpu_seconds()?;
        at_once(contestant, operation, each).await?;
        tokio::time::sleep(SETTLE).await;
        let spent = contestant.process.cpu_seconds()? - before;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(spent * 1e6 / to_f64(each * CLIENTS))
    };
    figures.connect.0.push(cpu(Operation::Connect, work.connects).await?);
    figures.echo.0.push(cpu(Operation::Echo, work.echoes).await?);
    figures.push.0.push(cpu(Operation::Push, work.pushes).await?);

    let mut client = Client::connect(contestant).await?;
    figures.echo_p50.0.push(p50_micros(&echoes(&mut client, CLIENTS, part(work.alone)).await?));
    let mut poster = poster(contestant, &mut client).await?;
    figures.push_p50.0.push(p50_micros(&pushes(&mut client, &mut poster, CLIENTS, part(work.alone)).await?));
    client.close().await?;
    tokio::time::sleep(SETTLE).await;
    Ok(())
}

#[derive(Clone, Copy)]
enum Operation {
    Connect,
    Echo,
    Push,
}

/// All clients do `each` operations, every client waiting for its own; fails unless every one of them was done right.
async fn at_once(contestant: &Arc<Contestant>, operation: Operation, each: usize) -> Result<()> {
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let contestant = Arc::clone(contestant);
        clients.spawn(async move {
            if let Operation::Connect = operation {
                connects(&contestant, each).await?;
                return Ok(each);
            }
            let mut client = Client::connect(&contestant).await?;
            let done = match operation {
                Operation::Push => {
                    let mut poster = poster(&contestant, &mut client).await?;
                    pushes(&mut client, &mut poster, number, each).await?.len()
                }
                _ => echoes(&mut client, number, each).await?.len(),
            };
            client.close().await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(done)
        });
    }
    let mut done = 0;
    while let Some(client) = clients.join_next().await {
        done += client??;
    }
    if done == each * CLIENTS { Ok(()) } else { Err(format!("{done} operations of {}", each * CLIENTS).into()) }
}

async fn poster(contestant: &Contestant, client: &mut Client) -> Result<Poster> {
    let id = client.id().await?;
    let (address, path) = contestant.push_target(&id);
    Poster::connect(address, &path).await
}

/// How much the server's memory grows for each connection that was busy once and is idle now.
async fn idle_bytes(contestant: &Contestant) -> Result<f64> {
    let count = contestant.work.idle;
    let mut clients = Vec::new();
    let mut resident = [0.0; 2];
    for (half, resident) in resident.iter_mut().enumerate() {
        // The first half makes the allocator fill what the start left behind.
        for number in 0..count {
            let mut client = Client::connect(contestant).await?;
            client.echo(&crate::clients::text(half, number)).await?;
            clients.push(client);
        }
        *resident = contestant.process.resident_bytes()?;
    }
    for client in clients {
        client.close().await?;
    }
    Ok((resident[1] - resident[0]) / to_f64(count))
}

fn to_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::NAN, f64::from)
}
