//! The time that tokens are measured against, injected so that tests can move it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use everwire_backend::BoxFuture;

/// A source of wall-clock time in milliseconds since the Unix epoch.
///
/// ```
/// use everwire_demo::Clock;
///
/// let fixed = Clock::new(|| 1_700_000_000_000);
/// assert_eq!(fixed.now_ms(), 1_700_000_000_000);
/// assert_eq!(fixed.now_seconds(), 1_700_000_000);
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// The machine's clock. A clock set before 1970 reads as 0.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
        })
    }

    /// A clock that reads whatever `now_ms` returns.
    pub fn new(now_ms: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_ms))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        (self.0)()
    }

    /// Whole seconds since the Unix epoch: the unit of `iat` and `exp` (RFC 7519, section 2, NumericDate).
    #[must_use]
    pub fn now_seconds(&self) -> u64 {
        self.now_ms() / 1000
    }
}

/// The app reads the same clock as the issuer; its waits are real.
impl everwire_backend::Clock for Clock {
    fn now(&self) -> everwire_backend::Millis {
        self.now_ms()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now_ms()).finish()
    }
}
