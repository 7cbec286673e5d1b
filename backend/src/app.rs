//! The app: one value that answers every event of an API.

mod builder;

use std::sync::Arc;

use serde::Serialize;

pub use builder::AppBuilder;

use crate::{
    delivery::{NotifyError, PushReport, Target},
    error::{Error, FunctionFailure},
    resources::Resources,
};

/// A serverless WebSocket application: authorizer, routes, connections and push behind one function.
///
/// Cheap to clone. The same value runs under Lambda ([`run`](Self::run)), in a process with a local gateway, and in tests
/// ([`handle`](Self::handle)).
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    resources: Arc<Resources>,
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
        let _ = event;
        Err(FunctionFailure::new("UnknownEvent", "not one of the events that this app answers"))
    }

    /// Pushes an event to the connections of a user, or to one connection.
    ///
    /// # Errors
    /// See [`NotifyError`]. A connection that cannot be reached is no error: the report counts it.
    pub async fn notify(
        &self,
        target: &Target<'_>,
        event: &(impl Serialize + Sync),
    ) -> Result<PushReport, NotifyError> {
        match self.0.resources.pusher() {
            Some(pusher) => pusher.send(target, event).await,
            None => Err(NotifyError::NotConfigured),
        }
    }

    /// Serves the Lambda Runtime API until the process ends.
    ///
    /// # Errors
    /// Outside Lambda (`AWS_LAMBDA_RUNTIME_API` is not set): the error says how to start the app locally.
    pub async fn run(self) -> Result<(), Error> {
        Err(Error::NotInLambda)
    }
}
