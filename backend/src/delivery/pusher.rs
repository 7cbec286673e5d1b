//! Pushing to whom it concerns.

use serde::Serialize;

use super::Runner;
use crate::{push::MAX_PAYLOAD, store::StoreError};

/// Whom an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target<'a> {
    /// All connections of a user.
    User(&'a str),
    /// One connection.
    Connection(&'a str),
}

/// What became of an event, counted by connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PushReport {
    /// API Gateway took it for the connection (AWS promises no more than that).
    pub delivered: u32,
    /// The connection is gone, and its row with it.
    pub gone: u32,
    /// API Gateway does not know the connection, which is too young to be sure that it is gone; its row stays.
    pub pending: u32,
    /// It could not be posted; the log says why.
    pub failed: u32,
}

/// Why nothing was pushed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotifyError {
    /// The app has no way to push.
    #[error("this app cannot push: build it with `.connections(…)` and `.push(…)`")]
    NotConfigured,
    /// The event is larger than API Gateway takes.
    #[error(
        "the event has {bytes} bytes as JSON; API Gateway takes at most 131072 (128 KB): send less, or a link to it"
    )]
    TooLarge {
        /// The size of the event as JSON.
        bytes: usize,
    },
    /// The event has no JSON form.
    #[error("the event has no JSON form: {0}")]
    NotJson(String),
    /// The connections could not be looked up.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The app's way to push: cheap to clone, an extractor in handlers.
#[derive(Clone, Debug)]
pub struct Pusher(Runner);

impl Pusher {
    pub(crate) fn new(runner: Runner) -> Self {
        Self(runner)
    }

    /// Pushes an event.
    ///
    /// ```no_run
    /// use everwire_backend::{BoxError, Pusher, Target, User};
    /// use serde_json::json;
    ///
    /// async fn poke(user: User, pusher: Pusher) -> Result<(), BoxError> {
    ///     let report = pusher.send(&Target::User(&user), &json!({ "action": "poked" })).await?;
    ///     println!("{} of the user's connections got it", report.delivered);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// See [`NotifyError`]. A connection that cannot be reached is no error: the report counts it.
    pub async fn send(&self, target: &Target<'_>, event: &(impl Serialize + Sync)) -> Result<PushReport, NotifyError> {
        let payload = serde_json::to_vec(event).map_err(|error| NotifyError::NotJson(error.to_string()))?;
        if payload.len() > MAX_PAYLOAD {
            return Err(NotifyError::TooLarge { bytes: payload.len() });
        }
        let (connections, now) = (self.0.connections(), self.0.clock().now());
        let rows = match *target {
            Target::User(user) => connections.of_user(user, now).await?,
            Target::Connection(id) => match connections.get(id, now).await? {
                Some(row) => vec![row],
                None => return Ok(PushReport { gone: 1, ..PushReport::default() }),
            },
        };
        Ok(self.0.deliver(rows, payload.into()).await)
    }
}
