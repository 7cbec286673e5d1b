//! The admin port: faults, connections and metrics by HTTP, for loopback hosts and origins alone.

mod clear;
mod disconnect;
mod ending;
mod error;
mod guard;
mod handshake;
mod json;
mod list;
mod management;
mod metrics;
mod wire;

use axum::routing::{get, post, put};
use axum::{Router, middleware};

use crate::faults::Fault;
use crate::gateway::Gateway;

use clear::clear;
use error::{method_not_allowed, not_found};

pub(crate) fn router(gateway: Gateway) -> Router {
    let ends = |fault| move |gateway, query| clear(fault, gateway, query);
    Router::new()
        .route("/connections", get(list::connections))
        .route("/metrics", get(metrics::metrics))
        .route("/faults", get(list::faults).delete(clear::clear_all))
        .route("/faults/kill", post(ending::kill))
        .route("/faults/close", post(ending::close))
        .route("/faults/refuse", put(handshake::refuse).delete(ends(Fault::Refuse)))
        .route("/faults/blackhole", put(handshake::blackhole).delete(ends(Fault::Blackhole)))
        .route("/faults/accept-then-close", put(handshake::accept_then_close).delete(ends(Fault::AcceptThenClose)))
        .route("/faults/half-open", put(wire::half_open).delete(ends(Fault::HalfOpen)))
        .route("/faults/delay", put(wire::delay).delete(ends(Fault::Delay)))
        .route("/faults/dribble", put(wire::dribble).delete(ends(Fault::Dribble)))
        .route("/faults/disconnect", put(disconnect::disconnect).delete(ends(Fault::Disconnect)))
        .route("/faults/management", put(management::management).delete(ends(Fault::Management)))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(guard::guard))
        .with_state(gateway)
}
