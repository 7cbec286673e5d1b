//! How often something took how long.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds in seconds as they are written, and in microseconds. The last is the integration timeout of API Gateway.
pub(super) const BOUNDS: [(&str, u64); 13] = [
    ("0.0001", 100),
    ("0.0005", 500),
    ("0.001", 1_000),
    ("0.005", 5_000),
    ("0.01", 10_000),
    ("0.05", 50_000),
    ("0.1", 100_000),
    ("0.5", 500_000),
    ("1", 1_000_000),
    ("2.5", 2_500_000),
    ("5", 5_000_000),
    ("10", 10_000_000),
    ("29", 29_000_000),
];

#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// One for each bound, and one for what is beyond.
    counts: [AtomicU64; BOUNDS.len() + 1],
    sum_micros: AtomicU64,
}

impl Histogram {
    pub(crate) fn observe(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().position(|(_, bound)| micros <= *bound).unwrap_or(BOUNDS.len());
        self.counts[bucket].fetch_add(1, Relaxed);
        self.sum_micros.fetch_add(micros, Relaxed);
    }

    /// How many were within each bound, and in all.
    pub(super) fn cumulated(&self) -> [u64; BOUNDS.len() + 1] {
        let mut sum = 0;
        std::array::from_fn(|bucket| {
            sum += self.counts[bucket].load(Relaxed);
            sum
        })
    }

    pub(super) fn sum_seconds(&self) -> f64 {
        Duration::from_micros(self.sum_micros.load(Relaxed)).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_counts_what_is_within_it() {
        let histogram = Histogram::default();
        for millis in [0, 1, 2, 5, 30_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        assert_eq!(histogram.cumulated(), [1, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5]);
        assert!((histogram.sum_seconds() - 30.008).abs() < 1e-9);
    }
}
