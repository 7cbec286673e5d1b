//! One fault that lasts: for a number of times, or until it is cleared.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is to happen, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limited<T> {
    pub(crate) what: T,
    /// How often still; none is without end.
    pub(crate) times: Option<u32>,
}

/// Room for one fault; a later one replaces an earlier.
#[derive(Debug)]
pub(crate) struct Slot<T>(Mutex<Option<Limited<T>>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Slot<T> {
    pub(crate) fn set(&self, what: T, times: Option<u32>) {
        *self.lock() = (times != Some(0)).then_some(Limited { what, times });
    }

    pub(crate) fn clear(&self) {
        *self.lock() = None;
    }

    /// What is to happen now, if anything is; it counts as having happened.
    pub(crate) fn take(&self) -> Option<T> {
        let mut slot = self.lock();
        let fault = slot.as_mut()?;
        let what = fault.what.clone();
        match &mut fault.times {
            None => {}
            Some(0 | 1) => *slot = None,
            Some(left) => *left -= 1,
        }
        Some(what)
    }

    pub(crate) fn get(&self) -> Option<Limited<T>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Limited<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_happens_as_often_as_asked() {
        let slot = Slot::default();
        assert_eq!(slot.take(), None);
        slot.set(503, Some(2));
        assert_eq!(slot.take(), Some(503));
        assert_eq!(slot.get(), Some(Limited { what: 503, times: Some(1) }));
        assert_eq!(slot.take(), Some(503));
        assert_eq!((slot.take(), slot.get()), (None, None));
    }

    #[test]
    fn a_fault_without_a_number_lasts_until_cleared() {
        let slot = Slot::default();
        slot.set(429, None);
        for _ in 0..100 {
            assert_eq!(slot.take(), Some(429));
        }
        slot.clear();
        assert_eq!(slot.take(), None);
    }

    #[test]
    fn zero_times_is_never_and_ends_what_was() {
        let slot = Slot::default();
        slot.set(503, None);
        slot.set(503, Some(0));
        assert_eq!(slot.take(), None);
    }
}
