//! The open connections of one gateway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::connection::{Connection, ConnectionInfo};
use crate::ending::Ending;
use crate::gateway::Gateway;
use crate::ids::ConnectionId;
use crate::listener::Ingress;

#[derive(Debug, Default)]
pub(crate) struct Registry {
    connections: Mutex<HashMap<ConnectionId, Arc<Connection>>>,
}

impl Registry {
    pub(crate) fn get(&self, id: &ConnectionId) -> Option<Arc<Connection>> {
        self.lock().get(id).cloned()
    }

    pub(crate) fn list(&self) -> Vec<ConnectionInfo> {
        let mut list: Vec<_> = self.lock().values().map(|connection| connection.info()).collect();
        list.sort_by_key(|info| (info.connected_at, info.id));
        list
    }

    /// Every connection, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        let mut all: Vec<_> = self.lock().values().cloned().collect();
        all.sort_by_key(|connection| (connection.peer.connected_at, connection.id()));
        all
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Ends every connection, and returns how many had not been ending yet.
    pub(crate) fn end_all(&self, ending: &Ending) -> usize {
        self.lock().values().filter(|connection| connection.outbox.end(ending.clone())).count()
    }

    /// Ends what came through one listener, now and from now on.
    pub(crate) fn close_ingress(&self, ingress: &Ingress) {
        let connections = self.lock();
        ingress.close();
        for connection in connections.values().filter(|connection| std::ptr::eq(&*connection.ingress, ingress)) {
            connection.outbox.end(Ending::going_away());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<Connection>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's entry in the registry; dropping it takes the entry out, whatever ended the task that held it.
#[must_use]
pub(crate) struct Registration {
    gateway: Gateway,
    pub(crate) connection: Arc<Connection>,
}

impl Registration {
    pub(crate) fn new(gateway: Gateway, connection: Connection) -> Self {
        let connection = Arc::new(connection);
        {
            let mut connections = gateway.0.registry.lock();
            if connection.ingress.is_closed() {
                // Its handshake was pending when the listener began to close.
                connection.outbox.end(Ending::going_away());
            }
            connections.insert(connection.id(), Arc::clone(&connection));
        }
        Self { gateway, connection }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.gateway.0.registry.lock().remove(&self.connection.id());
    }
}
