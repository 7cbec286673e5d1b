//! From the `action` of a message to its handler.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    sync::Arc,
};

use everwire_protocol::is_reserved;
use futures_util::future::BoxFuture;

use crate::{
    error::BoxError,
    handler::Handler,
    logging::shown,
    message::Message,
    reply::{Reply, RouteError},
    resources::Resources,
};

type Call = Arc<dyn Fn(Message) -> BoxFuture<'static, Result<Reply, BoxError>> + Send + Sync>;

/// A handler without its types.
struct Route {
    call: Call,
    missing: fn(&Resources) -> Vec<String>,
}

impl Route {
    fn new<H: Handler<Args>, Args>(handler: H) -> Self {
        Self { call: Arc::new(move |message| handler.clone().call(message)), missing: H::missing }
    }
}

/// The table of routes.
#[derive(Default)]
pub(crate) struct Router {
    routes: HashMap<String, Route>,
    fallback: Option<Route>,
    problems: Vec<String>,
}

impl Router {
    pub(crate) fn add<H: Handler<Args>, Args>(&mut self, action: String, handler: H) {
        if is_reserved(&action) {
            self.problems.push(format!("the route {action:?} is in the namespace `ws.`, which is Everwire's own"));
        } else if action.is_empty() || action.starts_with('$') {
            self.problems
                .push(format!("the route {action:?} cannot be: names are not empty and do not begin with `$`"));
        } else {
            match self.routes.entry(action) {
                Entry::Vacant(free) => {
                    free.insert(Route::new(handler));
                }
                Entry::Occupied(taken) => {
                    let action = taken.key();
                    self.problems.push(format!("the route {action:?} is there twice"));
                }
            }
        }
    }

    pub(crate) fn set_fallback<H: Handler<Args>, Args>(&mut self, handler: H) {
        if self.fallback.replace(Route::new(handler)).is_some() {
            self.problems.push("the fallback is there twice".to_owned());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.fallback.is_none()
    }

    /// Everything that does not fit: names, and what handlers need and the app does not have.
    pub(crate) fn problems(&self, resources: &Resources) -> Vec<String> {
        let named = self.routes.iter().map(|(action, route)| (format!("the route {action:?}"), route));
        let fallback = self.fallback.iter().map(|route| ("the fallback".to_owned(), route));
        let mut missing: Vec<_> = named
            .chain(fallback)
            .flat_map(|(name, route)| (route.missing)(resources).into_iter().map(move |what| format!("{name}: {what}")))
            .collect();
        missing.sort();
        self.problems.iter().cloned().chain(missing).collect()
    }

    /// The reply to a message.
    pub(crate) async fn reply(&self, action: Option<&str>, message: Message) -> Result<Reply, BoxError> {
        match action.and_then(|action| self.routes.get(action)).or(self.fallback.as_ref()) {
            Some(route) => (route.call)(message).await,
            None => Err(RouteError::new(
                "unknown",
                match action {
                    Some(action) => format!("there is no route `{}`", shown(action)),
                    None => "the message is not a JSON object with a string at `action`".to_owned(),
                },
            )
            .into()),
        }
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("routes", &self.routes.keys())
            .field("fallback", &self.fallback.is_some())
            .finish()
    }
}
