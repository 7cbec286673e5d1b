//! Carries out what the steps want done.

use std::{panic::AssertUnwindSafe, sync::Arc};

use bytes::Bytes;
use futures_util::{FutureExt, future::join_all};
use tokio::sync::Semaphore;

use super::{Done, Op, Posting, PushReport, Step, Verdict};
use crate::{
    clock::Clock,
    logging::shown,
    push::{Push, PushOutcome},
    store::{Connection, Connections},
};

/// The store, the network and the clock, behind one door.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    connections: Arc<dyn Connections>,
    push: Option<Arc<dyn Push>>,
    clock: Arc<dyn Clock>,
    /// How many posts may be under way at a time. A posting that waits to try again holds none.
    posts: Arc<Semaphore>,
}

impl Runner {
    pub(crate) fn new(
        connections: Arc<dyn Connections>,
        push: Option<Arc<dyn Push>>,
        clock: Arc<dyn Clock>,
        concurrency: usize,
    ) -> Self {
        Self { connections, push, clock, posts: Arc::new(Semaphore::new(concurrency)) }
    }

    pub(crate) fn connections(&self) -> &dyn Connections {
        &*self.connections
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Delivers one event to these connections; none of them can make another one fail.
    pub(crate) async fn deliver(&self, rows: Vec<Connection>, payload: Bytes) -> PushReport {
        let verdicts = join_all(rows.into_iter().map(|row| self.deliver_one(row, payload.clone()))).await;
        let mut report = PushReport::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Delivered => report.delivered += 1,
                Verdict::Gone => report.gone += 1,
                Verdict::Pending => report.pending += 1,
                Verdict::Failed(_) => report.failed += 1,
            }
        }
        report
    }

    async fn deliver_one(&self, row: Connection, payload: Bytes) -> Verdict {
        let id = row.id.clone();
        let (mut posting, mut step) = Posting::begin(row, payload);
        let verdict = loop {
            step = match step {
                Step::Do(op) => posting.next(self.perform(op).await, self.clock.now()),
                Step::End(verdict) => break verdict,
            };
        };
        match &verdict {
            Verdict::Delivered => tracing::debug!(connection = %shown(&id), "delivered"),
            Verdict::Gone => tracing::debug!(connection = %shown(&id), "gone"),
            Verdict::Pending => tracing::info!(connection = %shown(&id), "pending"),
            Verdict::Failed(reason) => tracing::warn!(connection = %shown(&id), reason, "not delivered"),
        }
        verdict
    }

    /// Carries out one operation.
    pub(crate) async fn perform(&self, op: Op) -> Done {
        match op {
            Op::Post { to, payload } => Done::Posted(self.post(&to, payload).await),
            Op::Wait(duration) => {
                self.clock.sleep(duration).await;
                Done::Waited
            }
            Op::Reread { id } => match self.connections.get(&id, self.clock.now()).await {
                Ok(row) => Done::Read(row.map(Box::new)),
                Err(error) => Done::StoreFailed(error.to_string()),
            },
            Op::RemoveGone { id, connected_at } => {
                let removed = self.connections.remove_gone(&id, connected_at).await;
                Done::Removed(removed.unwrap_or_else(|error| {
                    // The connection is gone all the same; the next event tries again, and the row expires.
                    tracing::warn!(connection = %shown(&id), %error, "the row of a connection that is gone stays");
                    false
                }))
            }
            Op::Remove { id } => match self.connections.remove(&id).await {
                Ok(removed) => Done::Removed(removed),
                Err(error) => Done::StoreFailed(error.to_string()),
            },
        }
    }

    async fn post(&self, to: &Connection, payload: Bytes) -> PushOutcome {
        let Some(push) = &self.push else {
            return PushOutcome::Failed("the app was built without `.push(…)`".to_owned());
        };
        // The semaphore is never closed, so this always is a permit.
        let _permit = self.posts.acquire().await;
        AssertUnwindSafe(async { push.post(to, payload).await })
            .catch_unwind()
            .await
            .unwrap_or_else(|_| PushOutcome::Failed("the push panicked".to_owned()))
    }
}
