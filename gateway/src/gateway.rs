//! The gateway itself: a cheap handle to everything that its connections share.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::authorizer::Authorizer;
use crate::builder::GatewayBuilder;
use crate::config::Config;
use crate::connection::ConnectionInfo;
use crate::error::BindError;
use crate::faults::{Faults, GatewayFaults};
use crate::host::HostPolicy;
use crate::invoke::Invoker;
use crate::listener::Listener;
use crate::metrics::Metrics;
use crate::registry::Registry;
use crate::routes::Routes;
use crate::throttle::Throttle;

/// One WebSocket API with one stage. Clones share everything.
#[derive(Clone)]
pub struct Gateway(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) authorizer: Option<Authorizer>,
    pub(crate) routes: Routes,
    pub(crate) http: axum::Router,
    pub(crate) hosts: HostPolicy,
    pub(crate) invoker: Invoker,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) registry: Registry,
    pub(crate) faults: GatewayFaults,
    pub(crate) metrics: Metrics,
}

impl Gateway {
    /// Starts building a gateway for a stage: 1 to 128 characters of `A-Z a-z 0-9 _ -`.
    pub fn builder(stage: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder::new(stage.into())
    }

    pub(crate) fn new(config: Config, authorizer: Option<Authorizer>, routes: Routes, http: axum::Router) -> Self {
        Self(Arc::new(Inner {
            hosts: HostPolicy::new(&config),
            invoker: Invoker::new(&config),
            throttle: config.connects_per_second.map(|rate| Throttle::new(rate, config.clock.monotonic())),
            registry: Registry::default(),
            faults: GatewayFaults::default(),
            metrics: Metrics::new(),
            config,
            authorizer,
            routes,
            http,
        }))
    }

    /// Listens on an address; port 0 takes a free one. Clients can connect as soon as
    /// [`serve`](Listener::serve) runs.
    ///
    /// # Errors
    ///
    /// A [`BindError`] when the port is taken or not permitted, or when the address is not loopback and
    /// [`allow_remote`](GatewayBuilder::allow_remote) is off.
    pub async fn bind(&self, address: SocketAddr) -> Result<Listener, BindError> {
        Listener::bind(self.clone(), address).await
    }

    /// The faults that this gateway can be told to have.
    #[must_use]
    pub fn faults(&self) -> Faults {
        Faults::new(self.clone())
    }

    /// The admin port's routes, to be served on another loopback port than the gateway's own:
    ///
    /// | request | answer |
    /// |---|---|
    /// | `GET /connections` | `{"connections":[{"connectionId":…}]}` |
    /// | `GET /metrics` | Prometheus's text format |
    /// | `GET /faults` | `{"faults":[{"fault":"refuse","status":503,"times":2}]}`: those that stand |
    /// | `DELETE /faults` | 204; clears all |
    /// | `POST /faults/kill` with `{}` or `{"connectionId":"…"}` | `{"killed":n}` |
    /// | `POST /faults/close` with `{"code":1001}`, optional `reason`, `connectionId` | `{"closed":n}` |
    /// | `PUT /faults/refuse` with `{"status":503}`, optional `times` | 204 |
    /// | `PUT /faults/blackhole` with `{}`, optional `times` | 204 |
    /// | `PUT /faults/accept-then-close` with `{}`, optional `code`, `reason`, `times` | 204 |
    /// | `PUT /faults/half-open` with `{}`, optional `connectionId` | 204 |
    /// | `PUT /faults/delay` with `{"milliseconds":250}`, optional `connectionId` | 204 |
    /// | `PUT /faults/dribble` with `{}`, optional `milliseconds`, `connectionId` | 204 |
    /// | `PUT /faults/disconnect` with `{"mode":"drop"}`, `"duplicate"` or `"delay"` with `milliseconds`; optional `connectionId`, `times` | 204 |
    /// | `PUT /faults/management` with `{"answer":"410"}`, `"429"`, `"500"`, `"hang"` or `"500-after-delivery"`; optional `connectionId`, `times` | 204 |
    /// | `DELETE /faults/{fault}`, for one connection with `?connectionId=…` | 204 |
    ///
    /// What is wrong with a request is told as `{"error":"InvalidBody","message":"…"}`. Only loopback hosts and origins are
    /// answered. [`Faults`] says what each fault does.
    pub fn admin_router(&self) -> axum::Router {
        crate::admin::router(self.clone())
    }

    /// The open connections, oldest first.
    #[must_use]
    pub fn connections(&self) -> Vec<ConnectionInfo> {
        self.0.registry.list()
    }

    /// The stage.
    #[must_use]
    pub fn stage(&self) -> &str {
        &self.0.config.stage
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("stage", &self.stage()).finish_non_exhaustive()
    }
}
