//! Faults on demand: what a network or an overloaded service would do, when a test or a person asks for it.

mod active;
mod clear;
pub(crate) mod disconnect;
mod ending;
mod error;
pub(crate) mod handshake;
mod held;
pub(crate) mod management;
mod slot;
mod stream;
mod target;
mod wire;

use std::time::Duration;

use serde::Serializer;
use tracing::info;

use crate::gateway::Gateway;

pub use active::ActiveFault;
pub use clear::Fault;
pub use disconnect::DisconnectFault;
pub use error::{FaultError, InvalidRefusal};
pub use management::ManagementFault;
pub(crate) use stream::FaultyStream;
pub use target::Target;

/// The faults of one gateway; made by [`Gateway::faults`].
///
/// Some end connections at once ([`kill`](Self::kill), [`close`](Self::close)); the others stand until they are
/// [cleared](Self::clear) or have happened as often as asked. The admin port has all of them by HTTP.
///
/// ```
/// use std::time::Duration;
///
/// use everwire_gateway::{Fault, Gateway, InvalidRefusal, Target};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let faults = Gateway::builder("dev").build()?.faults();
/// faults.refuse(503, Some(2))?; // the next two handshakes fail
/// assert_eq!(faults.refuse(200, None), Err(InvalidRefusal(200)));
/// assert_eq!(faults.kill_all(), 0);
///
/// faults.delay(Target::All, Duration::from_millis(250))?;
/// assert_eq!(faults.active().len(), 2);
/// faults.clear(Fault::Delay);
/// assert_eq!(faults.active().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Faults {
    gateway: Gateway,
}

impl Faults {
    pub(crate) fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }

    /// Changes the faults of a target, and lets its connections see to it.
    fn with(&self, target: Target, change: impl FnOnce(&ConnectionFaults)) -> Result<(), FaultError> {
        match target {
            Target::All => {
                change(&self.gateway.0.faults.connections);
                self.gateway.0.registry.all().iter().for_each(|connection| connection.outbox.wake());
            }
            Target::One(id) => {
                let connection = self.gateway.0.registry.get(&id).ok_or(FaultError::NotOpen(id))?;
                change(&connection.faults);
                connection.outbox.wake();
            }
        }
        Ok(())
    }
}

/// The standing faults of a gateway.
#[derive(Debug, Default)]
pub(crate) struct GatewayFaults {
    pub(crate) handshakes: handshake::HandshakeFaults,
    /// Those of all connections.
    pub(crate) connections: ConnectionFaults,
}

/// The standing faults of one connection, or of all.
#[derive(Debug, Default)]
pub(crate) struct ConnectionFaults {
    wire: wire::WireFaults,
    disconnect: slot::Slot<DisconnectFault>,
    management: slot::Slot<ManagementFault>,
}

/// The longest time of a fault.
const MAX_TIME: Duration = Duration::from_secs(10 * 60);

fn check_time(time: Duration) -> Result<(), FaultError> {
    if (Duration::from_millis(1)..=MAX_TIME).contains(&time) {
        return Ok(());
    }
    Err(FaultError::InvalidTime { milliseconds: time.as_millis(), allowed: "1 to 600000" })
}

/// One line for each fault that is asked for.
fn log(fault: &str, target: Target, times: Option<u32>) {
    match target {
        Target::All => info!(target: "everwire_gateway", fault, times, "fault"),
        Target::One(id) => info!(target: "everwire_gateway", fault, connection = %id, times, "fault"),
    }
}

fn milliseconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
