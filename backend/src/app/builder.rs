//! Putting an app together.

use std::sync::{Arc, atomic::AtomicU64};

use super::{App, Inner};
use crate::{
    authorizer::Authorizer,
    clock::{Clock, SystemClock},
    delivery::{Pusher, Runner},
    error::Error,
    handler::Handler,
    push::Push,
    resources::Resources,
    router::Router,
    store::Connections,
};

/// Puts an [`App`] together. Nothing is checked before [`build`](Self::build), which reports everything at once.
#[derive(Debug)]
pub struct AppBuilder {
    authorizer: Option<Authorizer>,
    connections: Option<Arc<dyn Connections>>,
    push: Option<Arc<dyn Push>>,
    concurrency: usize,
    clock: Arc<dyn Clock>,
    router: Router,
    resources: Resources,
}

impl Default for AppBuilder {
    fn default() -> Self {
        Self {
            authorizer: None,
            connections: None,
            push: None,
            concurrency: 32,
            clock: Arc::new(SystemClock),
            router: Router::default(),
            resources: Resources::default(),
        }
    }
}

impl AppBuilder {
    /// Who may connect. Without it, the app answers no authorizer events.
    #[must_use]
    pub fn authorizer(mut self, authorizer: Authorizer) -> Self {
        self.authorizer = Some(authorizer);
        self
    }

    /// Where connections are kept. Without it, the app answers only authorizer events.
    #[must_use]
    pub fn connections(mut self, connections: Arc<dyn Connections>) -> Self {
        self.connections = Some(connections);
        self
    }

    /// How events reach a connection. It needs [`connections`](Self::connections).
    #[must_use]
    pub fn push(mut self, push: Arc<dyn Push>) -> Self {
        self.push = Some(push);
        self
    }

    /// How many posts may be under way at a time.
    ///
    /// # Default
    /// 32
    #[must_use]
    pub fn push_concurrency(mut self, posts: usize) -> Self {
        self.concurrency = posts;
        self
    }

    /// Where the time comes from.
    ///
    /// # Default
    /// [`SystemClock`]
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// A value that handlers get as [`State<S>`](crate::State); one per type, the last one counts.
    #[must_use]
    pub fn state<S: Clone + Send + Sync + 'static>(mut self, state: S) -> Self {
        self.resources.insert_state(state);
        self
    }

    /// The handler for messages with this `action`, compared as it is.
    #[must_use]
    pub fn route<H: Handler<Args>, Args>(mut self, action: impl Into<String>, handler: H) -> Self {
        self.router.add(action.into(), handler);
        self
    }

    /// The handler for every other message: an unknown `action`, none, one that is not a string, or no JSON at all. Without it, such a
    /// message is refused with the code `unknown`.
    ///
    /// Names that begin with `ws.` never come here: they are Everwire's own.
    #[must_use]
    pub fn fallback<H: Handler<Args>, Args>(mut self, handler: H) -> Self {
        self.router.set_fallback(handler);
        self
    }

    /// The app.
    ///
    /// # Errors
    /// [`Error::Build`] lists everything that does not fit together.
    pub fn build(mut self) -> Result<App, Error> {
        let mut problems = Vec::new();
        let authorizer = self.authorizer.map(Authorizer::prepare).transpose().unwrap_or_else(|wrong| {
            problems.extend(wrong);
            None
        });
        if self.connections.is_none() {
            if self.push.is_some() {
                problems
                    .push("`.push(…)` needs `.connections(…)`: a post goes to a connection that is kept".to_owned());
            }
            if !self.router.is_empty() {
                problems.push("routes need `.connections(…)`".to_owned());
            }
        }
        if !(1..=tokio::sync::Semaphore::MAX_PERMITS).contains(&self.concurrency) {
            problems.push("`.push_concurrency(…)` needs at least 1".to_owned());
            self.concurrency = 1;
        }
        let runner = self
            .connections
            .map(|connections| Runner::new(connections, self.push.clone(), self.clock.clone(), self.concurrency));
        if let (Some(runner), Some(_)) = (&runner, &self.push) {
            self.resources.set_pusher(Pusher::new(runner.clone()));
        }
        problems.extend(self.router.problems(&self.resources));
        if !problems.is_empty() {
            return Err(Error::Build(problems));
        }
        Ok(App(Arc::new(Inner {
            authorizer,
            runner,
            router: self.router,
            resources: Arc::new(self.resources),
            clock: self.clock,
            swept_at: AtomicU64::new(0),
        })))
    }
}
