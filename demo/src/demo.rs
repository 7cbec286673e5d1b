//! Everything in one process: options in, a server that runs until it is told to stop.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::{Router, middleware};
use everwire_backend::{Connections, Endpoints, Sqlite, StoreError};
use everwire_gateway::{BindError, BuildError, Gateway, Listener};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{self, DemoApp};
use crate::clock::Clock;
use crate::console;
use crate::database::{Database, DatabaseError, make_folder};
use crate::endpoints::{self, Config, EndpointState, Stats};
use crate::issuer::Issuer;
use crate::loopback::loopback_only;
use crate::options::Options;
use crate::refresh_tokens::RefreshTokens;
use crate::revocation::Revocations;
use crate::secret::{Secret, SecretError};
use crate::store_lock::{StoreLock, StoreLockError};

/// The demo, listening and ready to serve.
#[derive(Debug)]
pub struct Demo {
    listener: Listener,
    admin: Option<Admin>,
    _lock: StoreLock,
}

#[derive(Debug)]
struct Admin {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
}

impl Demo {
    /// Opens the store, builds all parts and listens. `secret` of `None` means the one kept beside the store.
    ///
    /// # Errors
    ///
    /// [`StartError`]: one line that says what was wrong and what to do.
    pub async fn start(options: &Options, secret: Option<Secret>, clock: Clock) -> Result<Self, StartError> {
        let path = options.store.path();
        let store_failed = |source| StartError::Store { source };
        make_folder(path).map_err(store_failed)?;
        // The backend's store first: it makes the file so that only its owner reads it.
        let connections: Arc<dyn Connections> = Arc::new(Sqlite::open(path)?);
        let database = Database::open(path).map_err(store_failed)?;
        let refresh_tokens = RefreshTokens::open(database.clone(), clock.clone()).map_err(store_failed)?;
        let revocations = Revocations::open(database, clock.clone()).map_err(store_failed)?;
        let secret = secret.map_or_else(|| Secret::beside(path), Ok)?;

        let admin_listener = match options.admin {
            Some(port) => Some(listen(port).await?),
            None => None,
        };
        let admin_address = match &admin_listener {
            Some(listener) => Some(listener.local_addr().map_err(StartError::Address)?),
            None => None,
        };

        let place = DemoApp::default();
        let state = EndpointState {
            issuer: Issuer::new(&secret, options.token_lifetime, clock.clone()),
            refresh_tokens,
            revocations: revocations.clone(),
            stats: Stats::default(),
            app: place.clone(),
            config: Config {
                stage: options.stage.clone(),
                admin: admin_address.map(|address| format!("http://{address}")),
            },
        };
        let http =
            endpoints::router(state).merge(console::router(&options.console)).layer(middleware::from_fn(loopback_only));
        let gateway = Gateway::builder(&options.stage)
            .authorizer(place.function(), "token")
            .route("$connect", place.function())
            .route("$disconnect", place.function())
            .two_way_route("$default", place.function())
            .http(http)
            .build()?;
        let admin = admin_listener.zip(admin_address).map(|(listener, address)| Admin {
            listener,
            address,
            router: gateway.admin_router(),
        });

        let listener =
            gateway.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await.map_err(|error| match error {
                BindError::PortTaken(address) => StartError::PortTaken { port: address.port(), flag: "--port" },
                other => StartError::Bind(other),
            })?;
        // After the port: a second demo by mistake hears that the port is taken.
        let lock = StoreLock::take(path)?;
        forget_earlier_connections(&*connections).await?;
        let endpoints = own_endpoints(listener.local_addr().port(), &options.stage)?;
        place.set(app::build(app::Parts { secret, revocations, connections, endpoints, clock })?);
        Ok(Self { listener, admin, _lock: lock })
    }

    /// Where the page, the WebSocket and `@connections` are.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// Where faults are injected, if there is an admin port.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|admin| admin.address)
    }

    /// Serves until `shutdown` ends; then closes all sockets, runs `$disconnect` once for each, and returns.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        let (stop, stopped) = watch::channel(());
        if let Some(Admin { listener, router, .. }) = self.admin {
            let mut stopped = stopped.clone();
            tokio::spawn(async move {
                let ended = async move {
                    let _ = stopped.changed().await;
                };
                if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(ended).await {
                    tracing::error!(cause = %error, "the admin port failed");
                }
            });
        }
        self.listener.serve(shutdown).await;
        drop(stop);
    }
}

/// The gateway was not up until now, so no connection of an earlier run lives: a demo that was killed ran no `$disconnect`.
/// Seen from the end of time every row has expired.
async fn forget_earlier_connections(connections: &dyn Connections) -> Result<(), StoreError> {
    let dead = connections.sweep(i64::MAX.unsigned_abs()).await?;
    if dead > 0 {
        tracing::info!(dead, "forgot the connections of an earlier run");
    }
    Ok(())
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken { port, flag: "--admin" },
        _ => StartError::Listen { address, source: error },
    })
}

/// The names by which this server is reached, as its events say them, and the one address where it takes pushes.
fn own_endpoints(port: u16, stage: &str) -> Result<Endpoints, everwire_backend::EndpointError> {
    let url = format!("http://127.0.0.1:{port}/{stage}");
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .try_fold(Endpoints::new(), |endpoints, host| endpoints.with(format!("{host}:{port}"), stage, url.clone()))
}

/// Why the demo did not start; its text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The demo's tables cannot be written.
    #[error("{source}: choose another file with --store sqlite:FILE")]
    Store {
        /// What failed.
        source: DatabaseError,
    },
    /// The table of connections cannot be written.
    #[error(transparent)]
    Connections(#[from] StoreError),
    /// Another demo runs on the store.
    #[error(transparent)]
    Lock(#[from] StoreLockError),
    /// There is no usable secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Something else listens on the port.
    #[error("port {port} is taken: stop what uses it, or choose another with {flag} PORT (0 takes a free one)")]
    PortTaken {
        /// The port.
        port: u16,
        /// The flag that chooses another.
        flag: &'static str,
    },
    /// The gateway cannot listen.
    #[error(transparent)]
    Bind(BindError),
    /// The admin port cannot be listened on.
    #[error("cannot listen on {address} ({source}): choose another with --admin PORT")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system does not tell the port.
    #[error("the system does not tell which port it gave ({0}): name one with --admin PORT")]
    Address(io::Error),
    /// The stage or a route is not valid.
    #[error(transparent)]
    Gateway(#[from] BuildError),
    /// An endpoint is not valid.
    #[error(transparent)]
    Endpoint(#[from] everwire_backend::EndpointError),
    /// The app's parts do not fit together.
    #[error(transparent)]
    App(#[from] everwire_backend::Error),
}
