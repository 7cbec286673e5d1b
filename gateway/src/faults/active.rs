//! Which faults there are.

use std::time::Duration;

use serde::Serialize;

use super::slot::Limited;
use super::{ConnectionFaults, DisconnectFault, Faults, ManagementFault};
use crate::ids::ConnectionId;

/// One standing fault, as `GET /faults` lists it: its name, and what `PUT` was given. `times` is how often it happens still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
#[allow(missing_docs)] // Each field is documented with the method of `Faults` that sets it.
pub enum ActiveFault {
    /// [`Faults::refuse`].
    #[non_exhaustive]
    Refuse {
        status: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        times: Option<u32>,
    },
    /// [`Faults::blackhole`].
    #[non_exhaustive]
    Blackhole {
        #[serde(skip_serializing_if = "Option::is_none")]
        times: Option<u32>,
    },
    /// [`Faults::accept_then_close`].
    #[non_exhaustive]
    AcceptThenClose {
        code: u16,
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        times: Option<u32>,
    },
    /// [`Faults::half_open`].
    #[non_exhaustive]
    HalfOpen {
        #[serde(skip_serializing_if = "Option::is_none")]
        connection_id: Option<ConnectionId>,
    },
    /// [`Faults::delay`].
    #[non_exhaustive]
    Delay {
        #[serde(serialize_with = "super::milliseconds")]
        milliseconds: Duration,
        #[serde(skip_serializing_if = "Option::is_none")]
        connection_id: Option<ConnectionId>,
    },
    /// [`Faults::dribble`].
    #[non_exhaustive]
    Dribble {
        #[serde(serialize_with = "super::milliseconds")]
        milliseconds: Duration,
        #[serde(skip_serializing_if = "Option::is_none")]
        connection_id: Option<ConnectionId>,
    },
    /// [`Faults::disconnect`].
    #[non_exhaustive]
    Disconnect {
        #[serde(flatten)]
        what: DisconnectFault,
        #[serde(skip_serializing_if = "Option::is_none")]
        connection_id: Option<ConnectionId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        times: Option<u32>,
    },
    /// [`Faults::management`].
    #[non_exhaustive]
    Management {
        answer: ManagementFault,
        #[serde(skip_serializing_if = "Option::is_none")]
        connection_id: Option<ConnectionId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        times: Option<u32>,
    },
}

impl Faults {
    /// The faults that stand: those of handshakes, those of all connections, and those of one, oldest connection first.
    #[must_use]
    pub fn active(&self) -> Vec<ActiveFault> {
        let mut active = Vec::new();
        let handshakes = self.handshakes();
        active.extend(handshakes.blackhole.get().map(|fault| ActiveFault::Blackhole { times: fault.times }));
        active.extend(
            handshakes.refuse.get().map(|Limited { what, times }| ActiveFault::Refuse { status: what.as_u16(), times }),
        );
        active.extend(handshakes.accept_then_close.get().map(|Limited { what, times }| ActiveFault::AcceptThenClose {
            code: what.code,
            reason: what.reason.into_owned(),
            times,
        }));
        list(&self.gateway.0.faults.connections, None, &mut active);
        for connection in self.gateway.0.registry.all() {
            list(&connection.faults, Some(connection.id()), &mut active);
        }
        active
    }
}

fn list(faults: &ConnectionFaults, connection_id: Option<ConnectionId>, active: &mut Vec<ActiveFault>) {
    if faults.wire.half_open() {
        active.push(ActiveFault::HalfOpen { connection_id });
    }
    active.extend(faults.wire.delay().map(|milliseconds| ActiveFault::Delay { milliseconds, connection_id }));
    active.extend(faults.wire.dribble().map(|milliseconds| ActiveFault::Dribble { milliseconds, connection_id }));
    active.extend(faults.disconnect.get().map(|Limited { what, times }| ActiveFault::Disconnect {
        what,
        connection_id,
        times,
    }));
    active.extend(faults.management.get().map(|Limited { what, times }| ActiveFault::Management {
        answer: what,
        connection_id,
        times,
    }));
}
