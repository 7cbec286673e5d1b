//! A clock that only moves when told to, or when somebody sleeps by it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use everwire_backend::{BoxFuture, Clock, Millis};

/// 2023-11-29T08:04:01.796Z, `connectedAt` of the fixtures.
pub(crate) const NOW: Millis = 1_701_245_041_796;

#[derive(Debug)]
pub(crate) struct TestClock {
    now: AtomicU64,
    slept: Mutex<Vec<Duration>>,
}

impl TestClock {
    pub(crate) fn at(now: Millis) -> Arc<Self> {
        Arc::new(Self { now: AtomicU64::new(now), slept: Mutex::default() })
    }

    pub(crate) fn set(&self, now: Millis) {
        self.now.store(now, Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.now.fetch_add(by.as_millis() as u64, Ordering::SeqCst);
    }

    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        self.now.load(Ordering::SeqCst)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.slept.lock().unwrap().push(duration);
        self.advance(duration);
        Box::pin(std::future::ready(()))
    }
}
