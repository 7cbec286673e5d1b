//! Faults on demand: what a network or an overloaded service would do, when a test or a person asks for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

use crate::ending::Ending;
use crate::gateway::Gateway;
use crate::ids::ConnectionId;

/// The faults of one gateway; made by [`Gateway::faults`].
///
/// ```
/// use everwire_gateway::{Gateway, InvalidRefusal};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let faults = Gateway::builder("dev").build()?.faults();
/// faults.refuse(503, Some(2))?; // the next two handshakes fail
/// assert_eq!(faults.refuse(200, None), Err(InvalidRefusal(200)));
/// assert_eq!(faults.kill_all(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Faults {
    gateway: Gateway,
}

/// A status that cannot refuse a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("status {0} does not refuse a handshake: use one from 400 to 599")]
pub struct InvalidRefusal(pub u16);

impl Faults {
    pub(crate) fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }

    /// Breaks one connection by a TCP reset: no close frame. Returns whether it was open. Its `$disconnect` runs with 1006.
    pub fn kill(&self, id: &ConnectionId) -> bool {
        self.gateway.0.registry.get(id).is_some_and(|connection| connection.outbox.end(Ending::killed()))
    }

    /// Breaks every open connection by a TCP reset, and returns how many.
    pub fn kill_all(&self) -> usize {
        self.gateway.0.registry.end_all(&Ending::killed())
    }

    /// Refuses handshakes with a status, the next `times` of them or until [`clear_refusal`](Self::clear_refusal). Neither
    /// the authorizer nor `$connect` runs for them.
    ///
    /// # Errors
    ///
    /// [`InvalidRefusal`] when the status is not within 400 to 599.
    pub fn refuse(&self, status: u16, times: Option<u32>) -> Result<(), InvalidRefusal> {
        let code = StatusCode::from_u16(status).map_err(|_| InvalidRefusal(status))?;
        if !(code.is_client_error() || code.is_server_error()) {
            return Err(InvalidRefusal(status));
        }
        self.gateway.0.refusals.set(code, times);
        Ok(())
    }

    /// Accepts handshakes again.
    pub fn clear_refusal(&self) {
        self.gateway.0.refusals.clear();
    }
}

/// The refusals that are still to be made.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<Option<Refusal>>);

#[derive(Clone, Copy, Debug)]
struct Refusal {
    status: StatusCode,
    left: Option<u32>,
}

impl Refusals {
    fn set(&self, status: StatusCode, times: Option<u32>) {
        *self.lock() = (times != Some(0)).then_some(Refusal { status, left: times });
    }

    fn clear(&self) {
        *self.lock() = None;
    }

    /// The status for the next handshake, if it is to be refused.
    pub(crate) fn take(&self) -> Option<StatusCode> {
        let mut slot = self.lock();
        let refusal = (*slot)?;
        *slot = match refusal.left {
            None => Some(refusal),
            Some(0 | 1) => None,
            Some(left) => Some(Refusal { left: Some(left - 1), ..refusal }),
        };
        Some(refusal.status)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Refusal>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_made_as_often_as_asked() {
        let refusals = Refusals::default();
        assert_eq!(refusals.take(), None);
        refusals.set(StatusCode::SERVICE_UNAVAILABLE, Some(2));
        assert_eq!(refusals.take(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(refusals.take(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(refusals.take(), None);
    }

    #[test]
    fn a_refusal_without_a_count_lasts_until_cleared() {
        let refusals = Refusals::default();
        refusals.set(StatusCode::TOO_MANY_REQUESTS, None);
        for _ in 0..100 {
            assert_eq!(refusals.take(), Some(StatusCode::TOO_MANY_REQUESTS));
        }
        refusals.clear();
        assert_eq!(refusals.take(), None);
    }

    #[test]
    fn zero_times_refuses_nothing() {
        let refusals = Refusals::default();
        refusals.set(StatusCode::SERVICE_UNAVAILABLE, Some(0));
        assert_eq!(refusals.take(), None);
    }
}
