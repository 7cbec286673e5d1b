//! The port: an accept loop of our own, because faults, slow handshakes and header spelling need the raw stream.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{error, warn};

use crate::error::BindError;
use crate::gateway::Gateway;
use crate::management;
use crate::port::is_blocked_by_browsers;
use crate::stream::serve_stream;

/// A bound port that does not serve yet; made by [`Gateway::bind`].
#[derive(Debug)]
pub struct Listener {
    gateway: Gateway,
    socket: TcpListener,
    address: SocketAddr,
}

/// Tells when a listener closes.
#[derive(Clone, Debug)]
pub(crate) struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Waits until the listener closes.
    pub(crate) async fn wait(mut self) {
        // It fails when the sender is gone, and then the listener is.
        let _ = self.0.wait_for(|closed| *closed).await;
    }
}

/// What the connections of one listener share.
#[derive(Debug)]
pub(crate) struct Ingress {
    /// The port that clients came to.
    pub(crate) port: u16,
    closed: watch::Sender<bool>,
    /// Dropped with the last that holds the ingress: connections do, and through them messages in their functions.
    _in_use: oneshot::Sender<Infallible>,
}

impl Ingress {
    /// An ingress, and what ends when nothing that came through it is left.
    fn new(port: u16) -> (Self, oneshot::Receiver<Infallible>) {
        let (in_use, unused) = oneshot::channel();
        (Self { port, closed: watch::Sender::new(false), _in_use: in_use }, unused)
    }

    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// The same for whom no ingress is at hand.
    pub(crate) fn closing(&self) -> Closing {
        Closing(self.closed.subscribe())
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Waits until the listener closes.
    pub(crate) async fn until_closed(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.closed.subscribe().wait_for(|closed| *closed).await;
    }
}

impl Listener {
    pub(crate) async fn bind(gateway: Gateway, address: SocketAddr) -> Result<Self, BindError> {
        if !address.ip().to_canonical().is_loopback() && !gateway.0.config.allow_remote {
            return Err(BindError::NotLoopback(address));
        }
        let failed = |source| BindError::from_io(address, source);
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        if is_blocked_by_browsers(address.port()) {
            warn!(
                target: "everwire_gateway",
                port = address.port(),
                "browsers refuse to connect to this port (WHATWG Fetch, bad port): choose another one, for example 4400"
            );
        }
        Ok(Self { gateway, socket, address })
    }

    /// Where it listens, with the port that was taken for port 0.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready. Then takes no more connections, closes every socket with 1001, runs each
    /// `$disconnect` once, waits for the messages that are in their functions, and returns, after the
    /// [`shutdown_timeout`](crate::GatewayBuilder::shutdown_timeout) at the latest.
    ///
    /// Dropping the future instead breaks every connection at once, without `$disconnect`.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let Self { gateway, socket, address } = self;
        let (ingress, unused) = Ingress::new(address.port());
        let ingress = Arc::new(ingress);
        let http = management::router(gateway.clone());
        let mut acceptor = Acceptor { socket, exhausted: false };
        let mut tasks = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = tasks.join_next() => {}
                accepted = acceptor.next() => {
                    let (stream, peer) = accepted;
                    tasks.spawn(serve_stream(gateway.clone(), http.clone(), Arc::clone(&ingress), stream, peer));
                }
            }
        }
        drop(acceptor);
        gateway.0.registry.close_ingress(&ingress);
        let all_ended = async {
            while tasks.join_next().await.is_some() {}
            drop(ingress);
            // An error is what is waited for: nobody sends.
            let _ = unused.await;
        };
        if timeout(gateway.0.config.shutdown_timeout, all_ended).await.is_err() {
            warn!(target: "everwire_gateway", left = tasks.len(), "shutdown took too long, breaking what is left");
            tasks.shutdown().await;
        }
    }
}

/// The listening socket, and whether it was told that no more clients can be taken.
struct Acceptor {
    socket: TcpListener,
    exhausted: bool,
}

impl Acceptor {
    /// The next connection. A failure to accept one is told once and survived.
    async fn next(&mut self) -> (TcpStream, SocketAddr) {
        const PAUSE: Duration = Duration::from_millis(100);
        loop {
            match self.socket.accept().await {
                Ok(accepted) => {
                    if std::mem::take(&mut self.exhausted) {
                        // Who heard the error waits for this, at whatever level it was heard.
                        warn!(target: "everwire_gateway", "clients are taken again");
                    }
                    return accepted;
                }
                Err(failure) if is_of_the_client(&failure) => {}
                Err(failure) => {
                    if !self.exhausted {
                        self.exhausted = true;
                        error!(
                            target: "everwire_gateway",
                            %failure,
                            "no more clients can be taken until others leave: out of file descriptors? \
                             raise the limit with `ulimit -n`"
                        );
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Whether it was only this client that left before it was accepted.
fn is_of_the_client(failure: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(failure.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
