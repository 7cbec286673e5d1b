//! Wall-clock time, timers and randomness.

use everwire_core::Millis;
use gloo_timers::callback::Timeout;

/// The longest delay that `setTimeout` takes; a longer one would fire at once (WHATWG HTML, timers).
const LONGEST_DELAY: Millis = i32::MAX as Millis;

/// Milliseconds since the Unix epoch.
pub(crate) fn now() -> Millis {
    js_sys::Date::now() as Millis
}

/// A number in 0..1, different in every tab.
pub(crate) fn random() -> f64 {
    js_sys::Math::random()
}

/// An alarm for one moment. Dropping it turns it off.
#[derive(Debug)]
#[must_use = "dropping an alarm turns it off"]
pub(crate) struct Alarm {
    at: Millis,
    _timeout: Timeout,
}

impl Alarm {
    /// Calls back at a moment, or earlier if it is further away than a browser's timer reaches.
    pub(crate) fn set(at: Millis, callback: impl FnOnce() + 'static) -> Self {
        let delay = at.saturating_sub(now()).min(LONGEST_DELAY);
        Self { at, _timeout: Timeout::new(u32::try_from(delay).unwrap_or(u32::MAX >> 1), callback) }
    }

    /// When it goes off.
    pub(crate) fn at(&self) -> Millis {
        self.at
    }
}
