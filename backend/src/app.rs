//! The app: one value that answers every event of an API.

mod builder;
mod connection;
mod dispatch;
mod message;
mod runtime;

use std::sync::{Arc, atomic::AtomicU64};

pub use builder::AppBuilder;
use serde::Serialize;

use crate::{
    authorizer::Decide,
    clock::Clock,
    delivery::{NotifyError, PushReport, Runner, Target},
    error::{Error, FunctionFailure},
    resources::Resources,
    router::Router,
};

/// A serverless WebSocket application: authorizer, routes, connections and push behind one function.
///
/// Cheap to clone. The same value runs under Lambda ([`run`](Self::run)), in a process with a local gateway, and in tests
/// ([`handle`](Self::handle)), always over Lambda event JSON.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    authorizer: Option<Decide>,
    runner: Option<Runner>,
    router: Router,
    resources: Arc<Resources>,
    clock: Arc<dyn Clock>,
    /// When expired rows were last deleted.
    swept_at: AtomicU64,
}

impl App {
    /// An app without anything.
    #[must_use]
    pub fn builder() -> AppBuilder {
        AppBuilder::default()
    }

    /// Answers one Lambda event: authorizer, `$connect`, message, `$disconnect` or a plain invoke of `notify`, told apart by its shape.
    ///
    /// # Errors
    /// What Lambda calls a function error: an event that is none of these, a handler that failed or panicked.
    pub async fn handle(&self, event: &[u8]) -> Result<Vec<u8>, FunctionFailure> {
        dispatch::handle(&self.0, event).await
    }

    /// Pushes an event to the connections of a user, or to one connection.
    ///
    /// The same as a plain invoke of the function with `{"user": "42", "event": {…}}` or `{"connection": "…", "event": {…}}`.
    ///
    /// # Errors
    /// See [`NotifyError`]. A connection that cannot be reached is no error: the report counts it.
    pub async fn notify(
        &self,
        target: &Target<'_>,
        event: &(impl Serialize + Sync),
    ) -> Result<PushReport, NotifyError> {
        self.0.notify(target, event).await
    }

    /// Serves the Lambda Runtime API until the process ends.
    ///
    /// # Errors
    /// Outside Lambda (`AWS_LAMBDA_RUNTIME_API` is not set): the error says how to start the app locally.
    pub async fn run(self) -> Result<(), Error> {
        runtime::run(self).await
    }
}

impl Inner {
    async fn notify(&self, target: &Target<'_>, event: &(impl Serialize + Sync)) -> Result<PushReport, NotifyError> {
        match self.resources.pusher() {
            Some(pusher) => pusher.send(target, event).await,
            None => Err(NotifyError::NotConfigured),
        }
    }
}
