//! Faults of the management API.

use serde::{Deserialize, Serialize};

use super::{FaultError, Faults, Target, log};
use crate::gateway::Gateway;
use crate::ids::ConnectionId;

/// What a call of `@connections` gets instead of its answer. By its name in JSON: `"410"`, `"429"`, `"500"`, `"hang"`,
/// `"500-after-delivery"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ManagementFault {
    /// 410 `GoneException`, though the connection may be open.
    #[serde(rename = "410")]
    Gone,
    /// 429 `LimitExceededException`. Nothing is delivered.
    #[serde(rename = "429")]
    LimitExceeded,
    /// 500. Nothing is delivered.
    #[serde(rename = "500")]
    InternalError,
    /// No answer, until the caller gives up or the listener closes. Nothing is delivered.
    #[serde(rename = "hang")]
    Hang,
    /// 500, though the call was served: a POST was delivered.
    #[serde(rename = "500-after-delivery")]
    InternalErrorAfterDelivery,
}

impl Faults {
    /// Gives calls of `@connections` a wrong answer, the next `times` or until cleared. A fault of one connection overrules
    /// one of all. Calls that are refused as such (malformed id, wrong stage, no signature) do not count.
    ///
    /// # Errors
    ///
    /// [`FaultError::NotOpen`].
    pub fn management(
        &self,
        target: impl Into<Target>,
        fault: ManagementFault,
        times: Option<u32>,
    ) -> Result<(), FaultError> {
        let target = target.into();
        self.with(target, |faults| faults.management.set(fault, times))?;
        log("management", target, times);
        Ok(())
    }
}

/// The fault of the next call about a connection, if it is to have one.
pub(crate) fn of_call(gateway: &Gateway, id: &ConnectionId) -> Option<ManagementFault> {
    let own = gateway.0.registry.get(id).and_then(|connection| connection.faults.management.take());
    own.or_else(|| gateway.0.faults.connections.management.take())
}
