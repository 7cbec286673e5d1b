//! One line per event on standard output: coloured for a person, JSON for a pipe.

use std::io::{self, IsTerminal as _};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Starts logging. `level` applies to the gateway; libraries log warnings and errors only, at any level, because their
/// chatty levels print whole requests, tokens included.
pub(crate) fn start(level: LevelFilter) {
    let ours = Targets::new().with_default(LevelFilter::WARN.min(level)).with_target("everwire_gateway", level);
    let lines = if io::stdout().is_terminal() {
        fmt::layer().compact().with_target(false).boxed()
    } else {
        fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
    };
    // Only a second call fails, and there is none.
    let _ = tracing_subscriber::registry().with(lines.with_filter(ours)).try_init();
}
