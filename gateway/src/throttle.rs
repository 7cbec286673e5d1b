//! How many new connections are let in per second (AWS: *Quotas for WebSocket APIs*, "New connections per second").

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A token bucket: a second's worth can come at once, and then one at each fraction of a second.
#[derive(Debug)]
pub(crate) struct Throttle {
    per_second: u32,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled_at: Duration,
}

impl Throttle {
    /// A full bucket.
    pub(crate) fn new(per_second: u32, now: Duration) -> Self {
        Self { per_second, bucket: Mutex::new(Bucket { tokens: f64::from(per_second), filled_at: now }) }
    }

    /// Takes a token, if there is one.
    pub(crate) fn admits(&self, now: Duration) -> bool {
        let rate = f64::from(self.per_second);
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_sub(bucket.filled_at);
        bucket.tokens = (bucket.tokens + passed.as_secs_f64() * rate).min(rate);
        bucket.filled_at = now.max(bucket.filled_at);
        let admitted = bucket.tokens >= 1.0;
        if admitted {
            bucket.tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(throttle: &Throttle, now: Duration, tries: usize) -> usize {
        (0..tries).filter(|_| throttle.admits(now)).count()
    }

    #[test]
    fn a_second_admits_its_number_and_refills_evenly() {
        let at = Duration::from_millis;
        let throttle = Throttle::new(4, at(0));
        assert_eq!(admitted(&throttle, at(0), 10), 4);
        assert_eq!(admitted(&throttle, at(249), 10), 0);
        assert_eq!(admitted(&throttle, at(500), 10), 2);
        // However long nobody came, no more than a second's worth is saved.
        assert_eq!(admitted(&throttle, at(60_000), 10), 4);
    }

    #[test]
    fn time_that_stands_still_admits_nobody_more() {
        let throttle = Throttle::new(1, Duration::from_secs(5));
        assert!(throttle.admits(Duration::from_secs(5)));
        assert!(!throttle.admits(Duration::from_secs(4)));
        assert!(!throttle.admits(Duration::from_secs(5)));
    }
}
