//! Ends on demand: a TCP reset, or a close frame with any code.

use super::{FaultError, Faults, Target, log};
use crate::ending::Ending;
use crate::ids::ConnectionId;

/// The most bytes of reason in a close frame, RFC 6455 section 5.5.
const MAX_REASON_BYTES: usize = 123;

impl Faults {
    /// Breaks one connection by a TCP reset: no close frame. Returns whether it was open. Its `$disconnect` runs with 1006.
    pub fn kill(&self, id: &ConnectionId) -> bool {
        log("kill", Target::One(*id), None);
        self.end(Target::One(*id), &Ending::killed()) == 1
    }

    /// Breaks every open connection by a TCP reset, and returns how many.
    pub fn kill_all(&self) -> usize {
        log("kill", Target::All, None);
        self.end(Target::All, &Ending::killed())
    }

    /// Closes connections with a code and a reason of at most 123 bytes, and returns how many. `$disconnect` is told both.
    ///
    /// # Errors
    ///
    /// [`FaultError::InvalidCode`] and [`FaultError::ReasonTooLong`], when no close frame can carry them.
    pub fn close(&self, target: impl Into<Target>, code: u16, reason: &str) -> Result<usize, FaultError> {
        let (target, ending) = (target.into(), ending(code, reason)?);
        log("close", target, None);
        Ok(self.end(target, &ending))
    }

    fn end(&self, target: Target, ending: &Ending) -> usize {
        let registry = &self.gateway.0.registry;
        match target {
            Target::All => registry.end_all(ending),
            Target::One(id) => {
                usize::from(registry.get(&id).is_some_and(|connection| connection.outbox.end(ending.clone())))
            }
        }
    }
}

/// An end by a close frame of a code and reason.
pub(super) fn ending(code: u16, reason: &str) -> Result<Ending, FaultError> {
    // RFC 6455 section 7.4.1: these three stand for what happened without a code on the wire.
    if !(1000..=4999).contains(&code) || matches!(code, 1005 | 1006 | 1015) {
        return Err(FaultError::InvalidCode(code));
    }
    if reason.len() > MAX_REASON_BYTES {
        return Err(FaultError::ReasonTooLong(reason.len()));
    }
    Ok(Ending::on_demand(code, reason.to_owned().into()))
}
