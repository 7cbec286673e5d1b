//! Putting an app together.

use std::sync::Arc;

use super::{App, Inner};
use crate::{
    authorizer::Authorizer,
    clock::{Clock, SystemClock},
    error::Error,
    handler::Handler,
    push::Push,
    resources::Resources,
    store::Connections,
};

/// Puts an [`App`] together.
#[derive(Debug)]
pub struct AppBuilder {
    authorizer: Option<Authorizer>,
    connections: Option<Arc<dyn Connections>>,
    push: Option<Arc<dyn Push>>,
    clock: Arc<dyn Clock>,
    resources: Resources,
}

impl Default for AppBuilder {
    fn default() -> Self {
        Self {
            authorizer: None,
            connections: None,
            push: None,
            clock: Arc::new(SystemClock),
            resources: Resources::default(),
        }
    }
}

impl AppBuilder {
    /// Who may connect.
    #[must_use]
    pub fn authorizer(mut self, authorizer: Authorizer) -> Self {
        self.authorizer = Some(authorizer);
        self
    }

    /// Where connections are kept.
    #[must_use]
    pub fn connections(mut self, connections: Arc<dyn Connections>) -> Self {
        self.connections = Some(connections);
        self
    }

    /// How events reach a connection.
    #[must_use]
    pub fn push(mut self, push: Arc<dyn Push>) -> Self {
        self.push = Some(push);
        self
    }

    /// Where the time comes from. Default: [`SystemClock`].
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// A value that handlers get as [`State<S>`](crate::State); one per type.
    #[must_use]
    pub fn state<S: Clone + Send + Sync + 'static>(mut self, state: S) -> Self {
        self.resources.insert_state(state);
        self
    }

    /// The handler for messages with this `action`.
    #[must_use]
    pub fn route<H: Handler<Args>, Args>(self, action: impl Into<String>, handler: H) -> Self {
        let _ = (action.into(), handler);
        self
    }

    /// The handler for every other message: an unknown `action`, none, or no JSON at all.
    #[must_use]
    pub fn fallback<H: Handler<Args>, Args>(self, handler: H) -> Self {
        let _ = handler;
        self
    }

    /// The app.
    ///
    /// # Errors
    /// [`Error::Build`] lists everything that does not fit together.
    pub fn build(self) -> Result<App, Error> {
        Ok(App(Arc::new(Inner { resources: Arc::new(self.resources) })))
    }
}
