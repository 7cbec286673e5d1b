//! Numbers that only grow.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A counter for each value of one label, up to a number of values.
#[derive(Debug)]
pub(super) struct Counters<K> {
    limit: usize,
    counts: Mutex<BTreeMap<K, u64>>,
    other: Counter,
}

impl<K: Ord + Clone> Counters<K> {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, counts: Mutex::new(BTreeMap::new()), other: Counter::default() }
    }

    pub(super) fn add<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Ord + ToOwned<Owned = K> + ?Sized,
    {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(key) {
            *count += 1;
        } else if counts.len() < self.limit {
            counts.insert(key.to_owned(), 1);
        } else {
            self.other.add();
        }
    }

    pub(super) fn get(&self) -> Vec<(K, u64)> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(key, count)| (key.clone(), *count)).collect()
    }

    /// Those with values beyond the limit.
    pub(super) fn other(&self) -> u64 {
        self.other.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beyond_the_limit_are_counted_together() {
        let counters = Counters::<u16>::new(2);
        for code in [4000, 1000, 4000, 4001, 4002, 1000, 1000] {
            counters.add(&code);
        }
        assert_eq!((counters.get(), counters.other()), (vec![(1000, 3), (4000, 2)], 2));
    }
}
