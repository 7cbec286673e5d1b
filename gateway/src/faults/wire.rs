//! Faults of the bytes of open connections: half-open, delay, dribble.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use super::{FaultError, Faults, Target, check_time, log};

/// What is to be done to bytes. It is looked at whenever a socket is, so it is atomics; whoever changes them wakes the
/// connections.
#[derive(Debug, Default)]
pub(crate) struct WireFaults {
    half_open: AtomicBool,
    /// Milliseconds; 0 is none.
    delay: AtomicU32,
    /// Milliseconds and one more; 0 is none.
    dribble: AtomicU32,
}

/// What is done to the bytes of one connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) half_open: bool,
    pub(crate) delay: Duration,
    /// The pause between two bytes to the client.
    pub(crate) dribble: Option<Duration>,
}

impl WireFaults {
    pub(crate) fn set_half_open(&self, on: bool) {
        self.half_open.store(on, Relaxed);
    }

    pub(crate) fn half_open(&self) -> bool {
        self.half_open.load(Relaxed)
    }

    pub(crate) fn set_delay(&self, delay: Option<Duration>) {
        self.delay.store(delay.map_or(0, millis), Relaxed);
    }

    pub(crate) fn delay(&self) -> Option<Duration> {
        let delay = self.delay.load(Relaxed);
        (delay > 0).then(|| Duration::from_millis(delay.into()))
    }

    pub(crate) fn set_dribble(&self, pause: Option<Duration>) {
        self.dribble.store(pause.map_or(0, |pause| millis(pause).saturating_add(1)), Relaxed);
    }

    pub(crate) fn dribble(&self) -> Option<Duration> {
        self.dribble.load(Relaxed).checked_sub(1).map(|pause| Duration::from_millis(pause.into()))
    }

    /// These of one connection, and where it has none, those of all.
    pub(crate) fn or(&self, all: &Self) -> Wire {
        Wire {
            half_open: self.half_open() || all.half_open(),
            delay: self.delay().or_else(|| all.delay()).unwrap_or_default(),
            dribble: self.dribble().or_else(|| all.dribble()),
        }
    }
}

impl Wire {
    pub(crate) fn is_sound(&self) -> bool {
        *self == Self::default()
    }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

impl Faults {
    /// Stops reading and writing and keeps the TCP connection, as when a network path has died. Posts are still taken, up
    /// to the [send buffer](crate::GatewayBuilder::send_buffer). When it is cleared, everything that waited goes on. If the
    /// gateway itself ends the connection meanwhile, it is reset.
    ///
    /// # Errors
    ///
    /// [`FaultError::NotOpen`].
    pub fn half_open(&self, target: impl Into<Target>) -> Result<(), FaultError> {
        let target = target.into();
        self.with(target, |faults| faults.wire.set_half_open(true))?;
        log("half-open", target, None);
        Ok(())
    }

    /// Lets everything arrive so much later, in each direction and in order, as on a long way: 1 ms to 10 minutes.
    ///
    /// # Errors
    ///
    /// [`FaultError::NotOpen`] and [`FaultError::InvalidTime`].
    pub fn delay(&self, target: impl Into<Target>, by: Duration) -> Result<(), FaultError> {
        check_time(by)?;
        let target = target.into();
        self.with(target, |faults| faults.wire.set_delay(Some(by)))?;
        log("delay", target, None);
        Ok(())
    }

    /// Sends clients one byte at a time, with a pause between two of 0 ms to 10 minutes.
    ///
    /// # Errors
    ///
    /// [`FaultError::NotOpen`] and [`FaultError::InvalidTime`].
    pub fn dribble(&self, target: impl Into<Target>, pause: Duration) -> Result<(), FaultError> {
        if !pause.is_zero() {
            check_time(pause)?;
        }
        let target = target.into();
        self.with(target, |faults| faults.wire.set_dribble(Some(pause)))?;
        log("dribble", target, None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_one_overrules_that_of_all() {
        let ms = Duration::from_millis;
        let (own, all) = (WireFaults::default(), WireFaults::default());
        assert!(own.or(&all).is_sound());
        all.set_delay(Some(ms(5)));
        all.set_dribble(Some(ms(7)));
        own.set_dribble(Some(Duration::ZERO));
        assert_eq!(own.or(&all), Wire { half_open: false, delay: ms(5), dribble: Some(Duration::ZERO) });
        own.set_delay(Some(ms(9)));
        all.set_half_open(true);
        assert_eq!(own.or(&all), Wire { half_open: true, delay: ms(9), dribble: Some(Duration::ZERO) });
        own.set_delay(None);
        own.set_dribble(None);
        assert_eq!(own.or(&all), Wire { half_open: true, delay: ms(5), dribble: Some(ms(7)) });
    }
}
