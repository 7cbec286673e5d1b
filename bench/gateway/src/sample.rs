//! Figures of several rounds.

use std::time::Duration;

/// One figure, once for each round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample(pub(crate) Vec<f64>);

impl Sample {
    /// The middle one; of an even number the mean of the middle two.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match (sorted.get(middle), sorted.len() % 2) {
            (Some(high), 0) => f64::midpoint(sorted[middle - 1], *high),
            (Some(value), _) => *value,
            (None, _) => f64::NAN,
        }
    }

    /// The median over the rounds of the quotients within each round: what burdens a whole round drops out.
    pub(crate) fn ratio_to(&self, other: &Self) -> f64 {
        Self(self.0.iter().zip(&other.0).map(|(own, other)| own / other).collect()).median()
    }

    /// The smallest and the largest.
    pub(crate) fn range(&self) -> (f64, f64) {
        let fold = |start: f64, pick: fn(f64, f64) -> f64| self.0.iter().copied().fold(start, pick);
        (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max))
    }
}

/// The median of times, microseconds.
pub(crate) fn p50_micros(times: &[Duration]) -> f64 {
    Sample(times.iter().map(|time| time.as_secs_f64() * 1e6).collect()).median()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_in_any_order() {
        for (values, median) in [(vec![3.0, 1.0, 2.0], 2.0), (vec![4.0, 1.0, 3.0, 2.0], 2.5), (vec![7.0], 7.0)] {
            assert_eq!(Sample(values).median().total_cmp(&median), std::cmp::Ordering::Equal);
        }
        assert!(Sample::default().median().is_nan());
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        // The second round was slow for both.
        let (own, limit) = (Sample(vec![2.0, 20.0, 4.0]), Sample(vec![1.0, 10.0, 2.0]));
        assert_eq!(own.ratio_to(&limit).total_cmp(&2.0), std::cmp::Ordering::Equal);
    }
}
