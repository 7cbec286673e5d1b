//! When to stop: Ctrl-C or SIGTERM.

use std::future::Future;
use std::io;

use tracing::info;

/// Starts listening for the signals at once and returns a future that ends with the first of them.
///
/// # Errors
///
/// The process cannot have a signal handler.
pub(crate) fn signals() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            let signal = tokio::select! {
                _ = interrupt.recv() => "SIGINT",
                _ = terminate.recv() => "SIGTERM",
            };
            info!(target: "everwire_gateway", signal, "stopping");
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            if tokio::signal::ctrl_c().await.is_err() {
                // Without a handler the system ends the process itself.
                std::future::pending::<()>().await;
            }
            info!(target: "everwire_gateway", signal = "Ctrl-C", "stopping");
        })
    }
}
