//! The threads that talk to SQLite, which blocks.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use futures_util::future::BoxFuture;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::open::explain;
use crate::store::StoreError;

/// How many jobs one transaction takes at most.
const BATCH: usize = 128;

/// Something to do on the writer's thread. The answer waits for the commit.
trait Job: Send {
    fn run(&mut self, connection: &Connection);
    fn finish(self: Box<Self>, committed: Result<(), StoreError>, path: &Path);
}

struct Task<F, T> {
    work: Option<F>,
    done: Option<rusqlite::Result<T>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Task<F, T>
where
    F: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn run(&mut self, connection: &Connection) {
        self.done = self.work.take().map(|work| work(connection));
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>, path: &Path) {
        let answer = match (self.done, committed) {
            (Some(Err(error)), _) => Err(explain(&error, path)),
            (_, Err(error)) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(stopped()),
        };
        // Nobody may be waiting any more; the work is done all the same.
        let _ = self.answer.send(answer);
    }
}

/// The one thread that writes.
#[derive(Debug)]
pub(super) struct Writer(Sender<Box<dyn Job>>);

impl Writer {
    pub(super) fn start(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let file = path.to_owned();
        spawn("everwire-write", move || write(connection, &queue, &file))?;
        Ok(Self(jobs))
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        submit(&self.0, work)
    }
}

/// Everything that waits goes into one transaction: under load, many writes cost one commit.
fn write(mut connection: Connection, queue: &Receiver<Box<dyn Job>>, path: &Path) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(BATCH - 1));
        let committed = transact(&mut connection, &mut batch).map_err(|error| explain(&error, path));
        for job in batch {
            job.finish(committed.clone(), path);
        }
    }
}

/// A statement that fails changes nothing by itself, and the others go on; a failed commit fails them all.
fn transact(connection: &mut Connection, batch: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in batch {
        job.run(&transaction);
    }
    transaction.commit()
}

/// The threads that read.
#[derive(Debug)]
pub(super) struct Readers(Sender<Box<dyn Job>>);

impl Readers {
    pub(super) fn start(connections: impl IntoIterator<Item = Connection>, path: &Path) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for connection in connections {
            let (queue, file) = (Arc::clone(&queue), path.to_owned());
            spawn("everwire-read", move || read(&connection, &queue, file))?;
        }
        Ok(Self(jobs))
    }

    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StoreError>> {
        submit(&self.0, work)
    }
}

fn read(connection: &Connection, queue: &Mutex<Receiver<Box<dyn Job>>>, path: PathBuf) {
    loop {
        // One thread waits for the next job, the other for the lock; whoever has a job lets go of it.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut job) = next else { return };
        job.run(connection);
        job.finish(Ok(()), &path);
    }
}

fn submit<T: Send + 'static>(
    jobs: &Sender<Box<dyn Job>>,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> BoxFuture<'static, Result<T, StoreError>> {
    let (answer, answered) = oneshot::channel();
    let sent = jobs.send(Box::new(Task { work: Some(work), done: None, answer }));
    Box::pin(async move {
        sent.map_err(|_| stopped())?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
        .map_err(|error| StoreError::Failed(format!("no thread for the store: {error}")))
}

fn stopped() -> StoreError {
    StoreError::Failed("its thread has stopped".to_owned())
}
