//! The two ends that time makes: idle too long, and open too long (AWS: *Quotas for WebSocket APIs*).

use std::time::Duration;

use crate::config::Config;
use crate::connection::Connection;
use crate::ending::Ending;

/// Waits until the connection has been idle or open for too long.
///
/// A message only stores its time; the timer looks at it when it fires. So messages cost no timer of their own.
pub(crate) async fn until_expired(config: &Config, connection: &Connection) -> Ending {
    let (idle, life) = (scaled(config.idle_timeout, config.time_scale), scaled(config.max_life, config.time_scale));
    let end_of_life = connection.opened_at().checked_add(life);
    loop {
        let end_of_idleness = connection.data_at().checked_add(idle);
        let Some(next) = [end_of_life, end_of_idleness].into_iter().flatten().min() else {
            return std::future::pending().await;
        };
        if config.clock.monotonic() >= next {
            let (code, reason) = config.silent.expiry_close.clone();
            return Ending::expired(code, reason);
        }
        config.clock.sleep_until(next).await;
    }
}

/// A time that passes so many times as fast.
fn scaled(time: Duration, scale: f64) -> Duration {
    if scale == 1.0 {
        // Exact, and never stays never.
        return time;
    }
    Duration::try_from_secs_f64(time.as_secs_f64() / scale).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_time_is_shorter_and_never_overflows() {
        for (time, scale, scaled_time) in [
            (Duration::from_secs(600), 1.0, Duration::from_secs(600)),
            (Duration::from_secs(600), 60.0, Duration::from_secs(10)),
            (Duration::from_secs(600), 0.5, Duration::from_secs(1200)),
            (Duration::MAX, 1.0, Duration::MAX),
            (Duration::MAX, 0.5, Duration::MAX),
        ] {
            assert_eq!(scaled(time, scale), scaled_time, "{time:?} / {scale}");
        }
    }
}
