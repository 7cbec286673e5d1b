//! Time: what timers run on, and wall-clock time as events carry it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;
use tokio::sync::watch;
use tokio::time::Instant;

const REQUEST_TIME: &[FormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
const TIMESTAMP: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// What a gateway measures time by: the idle time and life of connections, the rate of new ones, the times in events and
/// of signatures. Limits on single steps (handshakes, invocations, closing) run on the machine's own time.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time since some moment that stays the same; it never goes back.
    fn monotonic(&self) -> Duration;

    /// The time since 1970-01-01 00:00:00 UTC.
    fn unix_time(&self) -> Duration;

    /// Waits until [`monotonic`](Self::monotonic) is at least `at`.
    fn sleep_until(&self, at: Duration) -> BoxFuture<'_, ()>;
}

/// The machine's own time.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// A clock whose monotonic time begins now.
    #[must_use]
    pub fn new() -> Self {
        Self { origin: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }

    fn unix_time(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'_, ()> {
        match self.origin.checked_add(at) {
            Some(at) => tokio::time::sleep_until(at).boxed(),
            None => std::future::pending().boxed(),
        }
    }
}

/// A clock for tests, which stands still until it is told to go on. Clones are the same clock.
///
/// ```
/// use std::time::Duration;
///
/// use everwire_gateway::{Clock as _, ManualClock};
///
/// let clock = ManualClock::new(Duration::from_secs(1_701_245_041));
/// clock.advance(Duration::from_secs(2));
/// assert_eq!(clock.unix_time().as_secs(), 1_701_245_043);
/// assert_eq!(clock.monotonic(), Duration::from_secs(2));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: Duration,
    passed: Arc<watch::Sender<Duration>>,
}

impl ManualClock {
    /// A clock that stands at a Unix time.
    #[must_use]
    pub fn new(unix_time: Duration) -> Self {
        Self { start: unix_time, passed: Arc::new(watch::Sender::new(Duration::ZERO)) }
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.passed.send_modify(|passed| *passed = passed.saturating_add(by));
    }
}

impl Clock for ManualClock {
    fn monotonic(&self) -> Duration {
        *self.passed.borrow()
    }

    fn unix_time(&self) -> Duration {
        self.start.saturating_add(self.monotonic())
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'_, ()> {
        let mut passed = self.passed.subscribe();
        async move {
            // The sender lives as long as `self`, so waiting cannot fail.
            let _ = passed.wait_for(|passed| *passed >= at).await;
        }
        .boxed()
    }
}

/// Unix time, milliseconds.
pub(crate) fn millis(clock: &dyn Clock) -> u64 {
    u64::try_from(clock.unix_time().as_millis()).unwrap_or(u64::MAX)
}

/// `29/Nov/2023:08:04:01 +0000`
pub(crate) fn request_time(epoch_millis: u64) -> String {
    format(epoch_millis, REQUEST_TIME)
}

/// `2023-11-29T08:04:01.796Z`
pub(crate) fn timestamp(epoch_millis: u64) -> String {
    format(epoch_millis, TIMESTAMP)
}

fn format(epoch_millis: u64, description: &[FormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch_millis) * 1_000_000)
        .ok()
        .and_then(|time| time.format(description).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_time_is_written_as_in_access_logs() {
        assert_eq!(request_time(1_701_245_041_798), "29/Nov/2023:08:04:01 +0000");
        assert_eq!(request_time(0), "01/Jan/1970:00:00:00 +0000");
    }

    #[test]
    fn timestamps_have_milliseconds() {
        assert_eq!(timestamp(1_701_245_041_798), "2023-11-29T08:04:01.798Z");
        assert_eq!(timestamp(1_701_245_041_000), "2023-11-29T08:04:01.000Z");
        assert_eq!(timestamp(u64::MAX), "");
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_whom_it_reaches() {
        let clock = ManualClock::new(Duration::ZERO);
        let mut early = clock.sleep_until(Duration::from_secs(1));
        let mut late = clock.sleep_until(Duration::from_secs(2));
        assert!((&mut early).now_or_never().is_none());
        clock.advance(Duration::from_millis(1500));
        assert!((&mut early).now_or_never().is_some());
        assert!((&mut late).now_or_never().is_none());
        clock.advance(Duration::MAX);
        assert!((&mut late).now_or_never().is_some());
    }

    #[test]
    fn a_system_clock_can_be_asked_for_a_time_that_never_comes() {
        let clock = SystemClock::new();
        assert!(clock.sleep_until(Duration::MAX).now_or_never().is_none());
    }
}
