//! Faults of `$disconnect`, which AWS promises only as best effort.

use std::time::Duration;

use serde::Serialize;
use tokio::time::sleep;

use super::{FaultError, Faults, Target, check_time, log};
use crate::connection::Connection;
use crate::gateway::Gateway;

/// What happens to `$disconnect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DisconnectFault {
    /// It does not run.
    Drop,
    /// It runs twice with the same event, one after the other.
    Duplicate,
    /// It runs so much later, at most 10 minutes, and at once when the listener closes.
    #[non_exhaustive]
    Delay {
        /// How much later.
        #[serde(rename = "milliseconds", serialize_with = "super::milliseconds")]
        by: Duration,
    },
}

impl DisconnectFault {
    /// It runs so much later.
    #[must_use]
    pub const fn delay(by: Duration) -> Self {
        Self::Delay { by }
    }
}

impl Faults {
    /// Drops, duplicates or delays `$disconnect`, the next `times` or until cleared. A fault of one connection overrules
    /// one of all.
    ///
    /// # Errors
    ///
    /// [`FaultError::NotOpen`] and [`FaultError::InvalidTime`].
    pub fn disconnect(
        &self,
        target: impl Into<Target>,
        fault: DisconnectFault,
        times: Option<u32>,
    ) -> Result<(), FaultError> {
        if let DisconnectFault::Delay { by } = fault {
            check_time(by)?;
        }
        let target = target.into();
        self.with(target, |faults| faults.disconnect.set(fault, times))?;
        log("disconnect", target, times);
        Ok(())
    }
}

/// How often `$disconnect` is to run, known when it is due.
pub(crate) async fn runs(gateway: &Gateway, connection: &Connection) -> usize {
    let own = connection.faults.disconnect.take();
    match own.or_else(|| gateway.0.faults.connections.disconnect.take()) {
        None => 1,
        Some(DisconnectFault::Drop) => 0,
        Some(DisconnectFault::Duplicate) => 2,
        Some(DisconnectFault::Delay { by }) => {
            tokio::select! {
                () = sleep(by) => {}
                () = connection.ingress.until_closed() => {}
            }
            1
        }
    }
}
