//! Progress lines with times.

use std::time::{Duration, Instant};

use crate::error::Error;

/// Says what is being done and how long it took.
#[derive(Debug)]
pub(crate) struct Progress {
    start: Instant,
}

impl Progress {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// One line, stamped with the time since the command began.
    pub(crate) fn say(&self, line: &str) {
        eprintln!("[{}] {line}", clock(self.start.elapsed()));
    }

    /// Announces `label`, does the work, and says how long it took.
    pub(crate) fn step<T>(&self, label: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        self.say(&format!("{label} …"));
        let begin = Instant::now();
        let result = work()?;
        self.say(&format!("{label}: {:.1} s", begin.elapsed().as_secs_f64()));
        Ok(result)
    }
}

/// Minutes and seconds, as in `3:07`.
pub(crate) fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_minutes_and_seconds() {
        for (seconds, text) in [(0, "0:00"), (59, "0:59"), (60, "1:00"), (3607, "60:07")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
    }
}
