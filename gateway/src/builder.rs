//! Building a gateway: its stage, routes, authorizer and settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::authorizer::{Authorizer, IdentitySource};
use crate::config::{Config, MAX_MESSAGE_BYTES};
use crate::error::BuildError;
use crate::function::Function;
use crate::gateway::Gateway;
use crate::routes::{Route, Routes};

/// Builds a [`Gateway`]; made by [`Gateway::builder`].
#[must_use]
pub struct GatewayBuilder {
    config: Config,
    authorizer: Option<(Arc<dyn Function>, String)>,
    routes: Vec<Route>,
    http: axum::Router,
}

impl GatewayBuilder {
    pub(crate) fn new(stage: String) -> Self {
        Self { config: Config::new(stage), authorizer: None, routes: Vec::new(), http: axum::Router::new() }
    }

    /// A REQUEST authorizer that runs before `$connect`, with one query-string key as its identity source: `"token"`
    /// (or in AWS's spelling `"route.request.querystring.token"`). A client without it gets 401 and the function is not
    /// invoked.
    ///
    /// # Default
    ///
    /// None: everyone may connect.
    pub fn authorizer(mut self, function: impl Function, identity_source: impl Into<String>) -> Self {
        self.authorizer = Some((Arc::new(function), identity_source.into()));
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

    /// How long one invocation may take, 50 ms to 29 s (AWS: *Quotas for WebSocket APIs*).
    ///
    /// # Default
    ///
    /// 29 s
    pub fn integration_timeout(mut self, timeout: Duration) -> Self {
        self.config.integration_timeout = timeout;
        self
    }

    /// How long a client may take to send a request's head; then its connection is dropped.
    ///
    /// # Default
    ///
    /// 10 s (ours)
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.config.handshake_timeout = timeout;
        self
    }

    /// How long a closing handshake may take; then the TCP connection is dropped.
    ///
    /// # Default
    ///
    /// 2 s (ours)
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.config.close_timeout = timeout;
        self
    }

    /// How long a shutdown may take in all, with its `$disconnect` invocations.
    ///
    /// # Default
    ///
    /// 5 s (ours)
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.config.shutdown_timeout = timeout;
        self
    }

    /// How much may wait for one client that does not read, bytes beyond what the operating system buffers. A POST over
    /// it answers 429; a reply over it cuts the connection. At least one message of 128 KB must fit.
    ///
    /// # Default
    ///
    /// 524 288 (ours)
    pub fn send_buffer(mut self, bytes: usize) -> Self {
        self.config.send_buffer_bytes = bytes;
        self
    }

    /// The largest request head, bytes; over it the answer is 431. At least 8192, so that the longest URL fits.
    ///
    /// # Default
    ///
    /// 16 384 (ours)
    pub fn max_head(mut self, bytes: usize) -> Self {
        self.config.head_bytes = bytes;
        self
    }

    /// How many messages may be in their functions at once, over all connections; a message over it is answered like a
    /// throttled Lambda, by the `Internal server error` frame.
    ///
    /// # Default
    ///
    /// 1000 (AWS: *Lambda quotas*, concurrent executions)
    pub fn concurrency(mut self, invocations: usize) -> Self {
        self.config.concurrency = invocations;
        self
    }

    /// Whether [`Gateway::bind`] accepts addresses that other machines can reach.
    ///
    /// # Default
    ///
    /// `false`
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.config.allow_remote = allow;
        self
    }

    /// A further name by which this gateway may be addressed, without port, for example `gateway.test`. Requests whose
    /// `Host` is neither this nor loopback are refused: a web page could otherwise reach the gateway through a DNS name
    /// of its own (DNS rebinding).
    ///
    /// # Default
    ///
    /// `localhost`, `*.localhost` and loopback addresses only; with [`allow_remote`](Self::allow_remote) every IP address
    pub fn allow_host(mut self, host: impl Into<String>) -> Self {
        self.config.hosts.push(host.into());
        self
    }

    /// Checks everything and makes the gateway.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] says which name, route or setting is not valid and what would be.
    pub fn build(self) -> Result<Gateway, BuildError> {
        let Self { config, authorizer, routes, http } = self;
        check_stage(&config.stage)?;
        check_settings(&config)?;
        let selection = config.route_selection.parse()?;
        let authorizer = authorizer
            .map(|(function, source)| Ok(Authorizer { function, source: source.parse::<IdentitySource>()? }))
            .transpose()?;
        Ok(Gateway::new(config, authorizer, Routes::new(routes, selection)?, http))
    }
}

fn check_stage(stage: &str) -> Result<(), BuildError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=128).contains(&stage.len()) && stage.bytes().all(allowed) {
        Ok(())
    } else {
        Err(BuildError::InvalidStage(stage.to_owned()))
    }
}

fn check_settings(config: &Config) -> Result<(), BuildError> {
    let timeout = config.integration_timeout;
    if timeout < Duration::from_millis(50) || timeout > Duration::from_secs(29) {
        return Err(out_of_range("integration_timeout", format!("{timeout:?}"), "between 50ms and 29s"));
    }
    if config.send_buffer_bytes < MAX_MESSAGE_BYTES {
        return Err(out_of_range("send_buffer", config.send_buffer_bytes.to_string(), "at least 131072"));
    }
    if config.head_bytes < 8192 {
        return Err(out_of_range("max_head", config.head_bytes.to_string(), "at least 8192"));
    }
    if config.concurrency == 0 || config.concurrency > tokio::sync::Semaphore::MAX_PERMITS {
        return Err(out_of_range("concurrency", config.concurrency.to_string(), "at least 1 and not astronomical"));
    }
    Ok(())
}

fn out_of_range(setting: &'static str, given: String, allowed: &'static str) -> BuildError {
    BuildError::OutOfRange { setting, given, allowed }
}

impl fmt::Debug for GatewayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayBuilder").field("stage", &self.config.stage).finish_non_exhaustive()
    }
}
