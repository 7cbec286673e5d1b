//! The facts of one connection, from its handshake to its `$disconnect`.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::authorizer::AuthorizerContext;
use crate::clock::{Clock, millis};
use crate::config::Config;
use crate::faults::ConnectionFaults;
use crate::ids::ConnectionId;
use crate::listener::Ingress;
use crate::outbox::Outbox;

/// What a handshake tells about its connection: the part of every event's request context that never changes.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) id: ConnectionId,
    /// Unix time, milliseconds.
    pub(crate) connected_at: u64,
    pub(crate) source_ip: IpAddr,
    pub(crate) user_agent: Option<Box<str>>,
    /// The `Host` header, with its port.
    pub(crate) domain_name: Box<str>,
}

/// A connection whose `$connect` succeeded.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    pub(crate) authorizer: Option<AuthorizerContext>,
    /// How long the authorizer took, milliseconds, if events after CONNECT tell it.
    pub(crate) authorizer_latency: Option<u64>,
    pub(crate) outbox: Outbox,
    pub(crate) faults: ConnectionFaults,
    pub(crate) ingress: Arc<Ingress>,
    /// Unix time, milliseconds.
    last_active_at: AtomicU64,
    /// When it opened, on the clock's monotonic time.
    opened_at: Duration,
    /// When data last went in or out: nanoseconds since it opened.
    data_after: AtomicU64,
}

impl Connection {
    pub(crate) fn new(
        peer: Peer,
        authorized: Option<(AuthorizerContext, u64)>,
        config: &Config,
        ingress: Arc<Ingress>,
    ) -> Self {
        let last_active_at = AtomicU64::new(peer.connected_at);
        let (authorizer, latency) = authorized.unzip();
        Self {
            peer,
            authorizer,
            authorizer_latency: latency.filter(|_| config.silent.latency_in_every_event),
            outbox: Outbox::new(config.send_buffer_bytes),
            faults: ConnectionFaults::default(),
            ingress,
            last_active_at,
            opened_at: config.clock.monotonic(),
            data_after: AtomicU64::new(0),
        }
    }

    pub(crate) fn id(&self) -> ConnectionId {
        self.peer.id
    }

    /// An inbound message or a POST moves `lastActiveAt`; pings do not.
    pub(crate) fn touch(&self, clock: &dyn Clock) {
        self.last_active_at.store(millis(clock), Ordering::Relaxed);
        self.keep(clock);
    }

    /// Something that keeps the connection from being idle went in or out.
    pub(crate) fn keep(&self, clock: &dyn Clock) {
        let after = clock.monotonic().saturating_sub(self.opened_at);
        self.data_after.store(u64::try_from(after.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// When it opened, on the clock's monotonic time.
    pub(crate) fn opened_at(&self) -> Duration {
        self.opened_at
    }

    /// When data last went in or out, on the clock's monotonic time.
    pub(crate) fn data_at(&self) -> Duration {
        self.opened_at.saturating_add(Duration::from_nanos(self.data_after.load(Ordering::Relaxed)))
    }

    pub(crate) fn info(&self) -> ConnectionInfo {
        ConnectionInfo {
            id: self.peer.id,
            connected_at: self.peer.connected_at,
            last_active_at: self.last_active_at.load(Ordering::Relaxed),
            source_ip: self.peer.source_ip,
            user_agent: self.peer.user_agent.as_deref().map(str::to_owned),
            principal_id: self.authorizer.as_ref().map(|context| context.principal_id().to_owned()),
        }
    }
}

/// One open connection, as [`Gateway::connections`](crate::Gateway::connections) lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectionInfo {
    /// Its id.
    #[serde(rename = "connectionId")]
    pub id: ConnectionId,
    /// When its handshake came, Unix time in milliseconds.
    pub connected_at: u64,
    /// When the last message went in or the last POST went out, Unix time in milliseconds.
    pub last_active_at: u64,
    /// The client's address.
    pub source_ip: IpAddr,
    /// The client's `User-Agent`, if it sent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Whom the authorizer said it is, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
}
