//! `$connect` and `$disconnect`.

use std::{sync::atomic::Ordering, time::Duration};

use super::{Inner, dispatch::not_configured};
use crate::{
    answer::ProxyAnswer,
    authorizer::from_context,
    clock::Millis,
    connection_id::is_connection_id,
    delivery::{Done, Runner, disconnect},
    error::FunctionFailure,
    event::RequestContext,
    logging::shown,
    store::{Connection, ConnectionState, LIFETIME, Mode},
};

/// How often a process deletes expired rows.
const SWEEP_EVERY: Duration = Duration::from_secs(5 * 60);

impl Inner {
    /// Keeps the new connection, or refuses the handshake: 401 without a user, 400 with an impossible id, 503 when the store fails.
    pub(super) async fn connect(&self, context: &RequestContext) -> Result<ProxyAnswer, FunctionFailure> {
        let runner = self.runner("CONNECT")?;
        let now = self.clock.now();
        let row = match new_row(context, now) {
            Ok(row) => row,
            Err(status) => {
                tracing::warn!(status, "handshake refused");
                return Ok(ProxyAnswer::status(status));
            }
        };
        self.sweep(runner, now).await;
        if let Err(error) = runner.connections().connect(&row).await {
            tracing::error!(connection = %shown(&row.id), %error, "handshake refused: the connection cannot be kept");
            // The write may have happened all the same, its confirmation lost. Nobody would ever remove the row.
            if let Done::StoreFailed(reason) = runner.perform(disconnect(&row.id)).await {
                tracing::warn!(connection = %shown(&row.id), reason, "a row may stay until it expires");
            }
            return Ok(ProxyAnswer::status(503));
        }
        tracing::info!(connection = %shown(&row.id), "connected");
        Ok(ProxyAnswer::status(200))
    }

    /// Forgets the connection. The gateway ignores the answer; a failure still shows up in Lambda's metrics.
    pub(super) async fn disconnect(&self, context: &RequestContext) -> Result<ProxyAnswer, FunctionFailure> {
        let runner = self.runner("DISCONNECT")?;
        let id = context.connection_id.as_deref().unwrap_or_default();
        let done = runner.perform(disconnect(id)).await;
        tracing::info!(
            connection = %shown(id),
            code = context.disconnect_status_code,
            reason = %shown(context.disconnect_reason.as_deref().unwrap_or_default()),
            "disconnected"
        );
        match done {
            Done::StoreFailed(reason) => Err(FunctionFailure::new("StoreError", reason)),
            _ => Ok(ProxyAnswer::status(200)),
        }
    }

    pub(super) fn runner(&self, event: &str) -> Result<&Runner, FunctionFailure> {
        self.runner.as_ref().ok_or_else(|| not_configured(&format!("a {event} event"), "`.connections(…)`"))
    }

    /// Deletes expired rows now and then. A failure is none of the new connection's.
    async fn sweep(&self, runner: &Runner, now: Millis) {
        let before = self.swept_at.load(Ordering::Relaxed);
        let is_due = u128::from(now.saturating_sub(before)) >= SWEEP_EVERY.as_millis();
        let is_ours =
            is_due && self.swept_at.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_ours {
            match runner.connections().sweep(now).await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "swept"),
                Err(error) => tracing::warn!(%error, "expired rows stay for now"),
            }
        }
    }
}

/// The row of a new connection, or the status that refuses it.
fn new_row(context: &RequestContext, now: Millis) -> Result<Connection, u16> {
    let id = context.connection_id.as_deref().filter(|id| is_connection_id(id)).ok_or(400_u16)?;
    let user = context.principal().ok_or(401_u16)?;
    let claims = context.authorizer.as_ref().map(from_context).unwrap_or_default();
    // The gateway's clock may be ahead of ours; a row is never younger than now, or rule 6 would hold it for young for longer.
    let connected_at = context.connected_at.unwrap_or(now).min(now);
    Ok(Connection {
        id: id.to_owned(),
        user: user.to_owned(),
        exp: claims.get("exp").and_then(serde_json::Value::as_u64),
        claims,
        state: ConnectionState::Connected,
        mode: Mode::Plain,
        connected_at,
        last_seen: connected_at,
        domain: context.domain_name.clone().unwrap_or_default(),
        stage: context.stage.clone().unwrap_or_default(),
        expires_at: now.saturating_add(LIFETIME.as_millis() as Millis),
    })
}
