//! `GET /demo/stats`: how often tokens were handed out since the start.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::EndpointState;

/// The counters. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stats(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    logins: AtomicU64,
    refreshes: AtomicU64,
    refused_refreshes: AtomicU64,
}

/// One reading of the counters.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reading {
    logins: u64,
    refreshes: u64,
    refused_refreshes: u64,
}

impl Stats {
    pub(crate) fn count_login(&self) {
        self.0.logins.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_refresh(&self) {
        self.0.refreshes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_refused_refresh(&self) {
        self.0.refused_refreshes.fetch_add(1, Ordering::Relaxed);
    }
}

pub(super) async fn stats(State(state): State<EndpointState>) -> Json<Reading> {
    let counters = &state.stats.0;
    Json(Reading {
        logins: counters.logins.load(Ordering::Relaxed),
        refreshes: counters.refreshes.load(Ordering::Relaxed),
        refused_refreshes: counters.refused_refreshes.load(Ordering::Relaxed),
    })
}
