//! Building a gateway: its stage, routes, authorizer and settings.

mod access;
mod bounds;
mod protocol_echo;
mod silent;
mod timers;

use std::fmt;
use std::sync::Arc;

use crate::authorizer::Authorizer;
use crate::config::Config;
use crate::error::BuildError;
use crate::function::Function;
use crate::gateway::Gateway;
use crate::routes::{Route, Routes};
use crate::stage;

/// Builds a [`Gateway`]; made by [`Gateway::builder`].
#[must_use]
pub struct GatewayBuilder {
    config: Config,
    authorizer: Option<Arc<dyn Function>>,
    identity_sources: Vec<String>,
    routes: Vec<Route>,
    http: axum::Router,
}

impl GatewayBuilder {
    pub(crate) fn new(stage: String) -> Self {
        Self {
            config: Config::new(stage),
            authorizer: None,
            identity_sources: Vec::new(),
            routes: Vec::new(),
            http: axum::Router::new(),
        }
    }

    /// A REQUEST authorizer that runs before `$connect`, with its first identity source: `"token"` or in AWS's spelling
    /// `"route.request.querystring.token"` for a query-string key, `"route.request.header.X-Tenant"` for a header,
    /// `"stageVariables.NAME"`, `"context.FIELD"`. A client without it gets 401 and the function is not invoked.
    ///
    /// A browser cannot set headers of a WebSocket, so a header as identity source refuses all of them.
    ///
    /// # Default
    ///
    /// None: everyone may connect.
    pub fn authorizer(mut self, function: impl Function, identity_source: impl Into<String>) -> Self {
        self.authorizer = Some(Arc::new(function));
        self.identity_sources.insert(0, identity_source.into());
        self
    }

    /// A further identity source of the authorizer. A client needs all of them.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use everwire_gateway::{Gateway, function};
    ///
    /// let authorizer = function(|_event: Bytes| async { Ok(Bytes::from("{}")) });
    /// let gateway = Gateway::builder("dev")
    ///     .authorizer(authorizer, "route.request.querystring.token")
    ///     .identity_source("route.request.header.X-Tenant")
    ///     .build();
    /// assert!(gateway.is_ok());
    /// ```
    pub fn identity_source(mut self, source: impl Into<String>) -> Self {
        self.identity_sources.push(source.into());
        self
    }

    /// A variable of the stage: `stageVariables` of the events. The name is 1 to 64 characters of `A-Z a-z 0-9 _`, the
    /// value at most 512 of `A-Z a-z 0-9 - . _ ~ : / ? # & = ,` (AWS: *CreateStage*). A later value replaces an earlier.
    ///
    /// # Default
    ///
    /// None: the authorizer's event has `"stageVariables": {}`, others have no such key.
    pub fn stage_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.stage_variables.insert(name.into(), value.into());
        self
    }

    /// A one-way route: what the function returns is dropped. For `$connect` the status of the answer decides about the
    /// handshake; for `$disconnect` nothing of it counts.
    pub fn route(self, key: impl Into<String>, function: impl Function) -> Self {
        self.add(key.into(), function, false)
    }

    /// A two-way message route: the `body` of the function's answer goes back to the client as one text message.
    pub fn two_way_route(self, key: impl Into<String>, function: impl Function) -> Self {
        self.add(key.into(), function, true)
    }

    fn add(mut self, key: String, function: impl Function, two_way: bool) -> Self {
        self.routes.push(Route { key, function: Arc::new(function), two_way });
        self
    }

    /// How a message's body gives its route key (AWS: *WebSocket selection expressions*). A variable is
    /// `$request.body.a.b`, or `${request.body.a.b}` among other text; `\$` is a dollar sign.
    ///
    /// ```
    /// use everwire_gateway::Gateway;
    ///
    /// let gateway = Gateway::builder("dev").route_selection("${request.body.service}/${request.body.action}").build();
    /// assert!(gateway.is_ok());
    /// assert!(Gateway::builder("dev").route_selection("$request.header.action").build().is_err());
    /// ```
    ///
    /// # Default
    ///
    /// `$request.body.action`
    pub fn route_selection(mut self, expression: impl Into<String>) -> Self {
        self.config.route_selection = expression.into();
        self
    }

    /// Plain HTTP on the same port, for every path that is not the gateway's own (`/{stage}` and `@connections`).
    ///
    /// # Default
    ///
    /// An empty router: 404.
    pub fn http(mut self, router: axum::Router) -> Self {
        self.http = router;
        self
    }

    /// The API id in events and ARNs.
    ///
    /// # Default
    ///
    /// `everwire`
    pub fn api_id(mut self, api_id: impl Into<String>) -> Self {
        self.config.api_id = api_id.into();
        self
    }

    /// The Region in the authorizer's method ARN.
    ///
    /// # Default
    ///
    /// `us-east-1`
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.config.region = region.into();
        self
    }

    /// The account in the authorizer's method ARN.
    ///
    /// # Default
    ///
    /// `123456789012`
    pub fn account_id(mut self, account_id: impl Into<String>) -> Self {
        self.config.account_id = account_id.into();
        self
    }

    /// Checks everything and makes the gateway.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] says which name, route or setting is not valid and what would be.
    pub fn build(self) -> Result<Gateway, BuildError> {
        let Self { config, authorizer, identity_sources, routes, http } = self;
        stage::check_name(&config.stage)?;
        stage::check_variables(&config.stage_variables)?;
        access::check(&config)?;
        silent::check(&config)?;
        timers::check(&config)?;
        bounds::check(&config)?;
        let selection = config.route_selection.parse()?;
        let sources = identity_sources.iter().map(|source| source.parse()).collect::<Result<Vec<_>, _>>()?;
        let authorizer = match authorizer {
            None if !sources.is_empty() => return Err(BuildError::NoAuthorizer),
            function => function.map(|function| Authorizer { function, sources }),
        };
        Ok(Gateway::new(config, authorizer, Routes::new(routes, selection)?, http))
    }
}

fn out_of_range(setting: &'static str, given: String, allowed: &'static str) -> BuildError {
    BuildError::OutOfRange { setting, given, allowed }
}

impl fmt::Debug for GatewayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayBuilder").field("stage", &self.config.stage).finish_non_exhaustive()
    }
}
