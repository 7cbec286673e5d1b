//! One line per event on standard output: text for a person, JSON for a pipe.

use std::io::{self, IsTerminal};

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

/// Starts logging. `level` applies to our own crates; libraries log warnings and errors only, at any level, because the
/// chatty levels of an HTTP or WebSocket library print whole requests, tokens included.
pub fn start(level: LevelFilter) {
    let ours = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("everwire_demo", level)
        .with_target("everwire_gateway", level)
        .with_target("everwire_backend", level);
    let terminal = io::stdout().is_terminal();
    let lines = if terminal { fmt::layer().compact().boxed() } else { json_lines() };
    // Only a second call fails, and then lines go to the first one's subscriber.
    let _ = tracing_subscriber::registry().with(lines.with_filter(ours)).try_init();
    tracing::trace!(level = %level.into_level().unwrap_or(Level::ERROR), "logging");
}

fn json_lines() -> Box<dyn Layer<Registry> + Send + Sync> {
    fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
}
