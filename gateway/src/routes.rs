//! The routes of one API: route key to function.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::MAX_ROUTES;
use crate::error::BuildError;
use crate::function::Function;
use crate::selection::Selection;
use crate::silent::ReservedActions;

pub(crate) const CONNECT: &str = "$connect";
pub(crate) const DISCONNECT: &str = "$disconnect";
pub(crate) const DEFAULT: &str = "$default";

pub(crate) struct Route {
    pub(crate) key: String,
    pub(crate) function: Arc<dyn Function>,
    /// Whether the answer's body goes back to the client (a route response `$default` at AWS).
    pub(crate) two_way: bool,
}

pub(crate) struct Routes {
    selection: Selection,
    pub(crate) connect: Option<Route>,
    pub(crate) disconnect: Option<Route>,
    pub(crate) default: Option<Route>,
    own: HashMap<String, Route>,
}

impl Routes {
    pub(crate) fn new(routes: Vec<Route>, selection: Selection) -> Result<Self, BuildError> {
        if routes.len() > MAX_ROUTES {
            return Err(BuildError::TooManyRoutes(routes.len()));
        }
        let mut table = Self { selection, connect: None, disconnect: None, default: None, own: HashMap::new() };
        for route in routes {
            table.add(route)?;
        }
        Ok(table)
    }

    fn add(&mut self, route: Route) -> Result<(), BuildError> {
        let key = route.key.clone();
        let before = match key.as_str() {
            CONNECT | DISCONNECT if route.two_way => return Err(BuildError::NotTwoWay(key)),
            CONNECT => self.connect.replace(route),
            DISCONNECT => self.disconnect.replace(route),
            DEFAULT => self.default.replace(route),
            own if own.is_empty() || own.starts_with('$') => return Err(BuildError::InvalidRouteKey(key)),
            _ => self.own.insert(key.clone(), route),
        };
        match before {
            Some(_) => Err(BuildError::DuplicateRoute(key)),
            None => Ok(()),
        }
    }

    /// The route of a message: an exact, case-sensitive match of what the selection expression gives, else `$default`.
    pub(crate) fn of_message(&self, body: &str, reserved: ReservedActions) -> Option<&Route> {
        let key = self.selection.select(body);
        let route = match (key.as_deref(), reserved) {
            (Some(CONNECT), ReservedActions::Route) => self.connect.as_ref(),
            (Some(DISCONNECT), ReservedActions::Route) => self.disconnect.as_ref(),
            (key, _) => key.and_then(|key| self.own.get(key)),
        };
        route.or(self.default.as_ref())
    }
}
