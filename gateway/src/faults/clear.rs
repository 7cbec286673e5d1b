//! The end of standing faults.

use tracing::info;

use super::{ConnectionFaults, Faults, Target};
use crate::ids::ConnectionId;

/// The name of a standing fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// [`Faults::refuse`].
    Refuse,
    /// [`Faults::blackhole`].
    Blackhole,
    /// [`Faults::accept_then_close`].
    AcceptThenClose,
    /// [`Faults::half_open`].
    HalfOpen,
    /// [`Faults::delay`].
    Delay,
    /// [`Faults::dribble`].
    Dribble,
    /// [`Faults::disconnect`].
    Disconnect,
    /// [`Faults::management`].
    Management,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Refuse,
        Self::Blackhole,
        Self::AcceptThenClose,
        Self::HalfOpen,
        Self::Delay,
        Self::Dribble,
        Self::Disconnect,
        Self::Management,
    ];

    /// The name on the admin port.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Blackhole => "blackhole",
            Self::AcceptThenClose => "accept-then-close",
            Self::HalfOpen => "half-open",
            Self::Delay => "delay",
            Self::Dribble => "dribble",
            Self::Disconnect => "disconnect",
            Self::Management => "management",
        }
    }

    fn clear(self, faults: &ConnectionFaults) {
        match self {
            Self::HalfOpen => faults.wire.set_half_open(false),
            Self::Delay => faults.wire.set_delay(None),
            Self::Dribble => faults.wire.set_dribble(None),
            Self::Disconnect => faults.disconnect.clear(),
            Self::Management => faults.management.clear(),
            Self::Refuse | Self::Blackhole | Self::AcceptThenClose => {}
        }
    }
}

impl Faults {
    /// Ends a fault, that of all connections and those of single ones.
    pub fn clear(&self, fault: Fault) {
        let handshakes = self.handshakes();
        match fault {
            Fault::Refuse => handshakes.refuse.clear(),
            Fault::Blackhole => handshakes.blackhole.clear(),
            Fault::AcceptThenClose => handshakes.accept_then_close.clear(),
            _ => {
                for connection in self.gateway.0.registry.all() {
                    fault.clear(&connection.faults);
                }
                // For all there is always somebody to change it for.
                let _ = self.with(Target::All, |faults| fault.clear(faults));
            }
        }
        info!(target: "everwire_gateway", fault = fault.name(), "fault cleared");
    }

    /// Ends a fault that one connection has for itself; one of all connections stays. One that is not open has none.
    pub fn clear_one(&self, fault: Fault, id: &ConnectionId) {
        let _ = self.with(Target::One(*id), |faults| fault.clear(faults));
        info!(target: "everwire_gateway", fault = fault.name(), connection = %id, "fault cleared");
    }

    /// Ends every fault.
    pub fn clear_all(&self) {
        Fault::ALL.into_iter().for_each(|fault| self.clear(fault));
    }
}
