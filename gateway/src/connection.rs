//! The facts of one connection, from its handshake to its `$disconnect`.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::authorizer::AuthorizerContext;
use crate::clock::now_millis;
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
    pub(crate) outbox: Outbox,
    pub(crate) ingress: Arc<Ingress>,
    last_active_at: AtomicU64,
}

impl Connection {
    pub(crate) fn new(
        peer: Peer,
        authorizer: Option<AuthorizerContext>,
        send_buffer_bytes: usize,
        ingress: Arc<Ingress>,
    ) -> Self {
        let last_active_at = AtomicU64::new(peer.connected_at);
        Self { peer, authorizer, outbox: Outbox::new(send_buffer_bytes), ingress, last_active_at }
    }

    pub(crate) fn id(&self) -> ConnectionId {
        self.peer.id
    }

    /// An inbound message or a POST moves `lastActiveAt`; pings do not.
    pub(crate) fn touch(&self) {
        self.last_active_at.store(now_millis(), Ordering::Relaxed);
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
