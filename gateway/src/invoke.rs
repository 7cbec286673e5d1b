//! Invocations of functions, bounded in time and number.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::config::Config;
use crate::function::{Function, FunctionError};
use crate::metrics::Histogram;

#[derive(Debug)]
pub(crate) struct Invoker {
    permits: Semaphore,
    timeout: Duration,
    /// How long invocations took.
    pub(crate) took: Histogram,
}

/// Why an invocation gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the function failed: {0}")]
    Function(FunctionError),
    #[error("the function did not answer in time")]
    Timeout,
    #[error("too many messages are in their functions")]
    Throttled,
}

impl Invoker {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            permits: Semaphore::new(config.concurrency),
            timeout: config.integration_timeout,
            took: Histogram::default(),
        }
    }

    /// Invokes a function and waits for its answer.
    pub(crate) async fn call(&self, function: &dyn Function, event: Bytes) -> Result<Bytes, Failure> {
        // A function that panics fails alone, like a Lambda whose process dies.
        let invocation = AssertUnwindSafe(async { function.invoke(event).await }).catch_unwind();
        let started = Instant::now();
        let answered = timeout(self.timeout, invocation).await;
        self.took.observe(started.elapsed());
        match answered {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(Failure::Function(error)),
            Ok(Err(_panic)) => Err(Failure::Function(FunctionError::new("Runtime.ExitError", "the function panicked"))),
            Err(_elapsed) => Err(Failure::Timeout),
        }
    }

    /// The same for a message: over the limit of concurrency it is not run.
    pub(crate) async fn call_unless_throttled(&self, function: &dyn Function, event: Bytes) -> Result<Bytes, Failure> {
        let _permit = self.permits.try_acquire().map_err(|_| Failure::Throttled)?;
        self.call(function, event).await
    }
}
