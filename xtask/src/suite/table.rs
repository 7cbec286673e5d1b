//! The table at the end.

use std::fmt::Write as _;
use std::time::Duration;

use crate::progress::clock;

/// How one suite ended.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) name: &'static str,
    pub(super) passed: bool,
    pub(super) time: Duration,
}

impl Outcome {
    pub(super) fn passed(name: &'static str, time: Duration) -> Self {
        Self { name, passed: true, time }
    }
}

/// A line each, and how many passed and failed. The installation (in brackets) is no suite.
pub(super) fn render(outcomes: &[Outcome]) -> String {
    let mut table = String::from("suite       result    time\n");
    for outcome in outcomes {
        let result = if outcome.passed { "ok" } else { "FAILED" };
        let _ = writeln!(table, "{:<11} {:<6} {:>7}", outcome.name, result, clock(outcome.time));
    }
    let total = outcomes.iter().map(|outcome| outcome.time).sum();
    let _ = writeln!(table, "{:<18} {:>7}", "together", clock(total));
    let suites = || outcomes.iter().filter(|outcome| !outcome.name.starts_with('('));
    let passed = suites().filter(|outcome| outcome.passed).count();
    let _ = write!(table, "\n{passed} passed, {} failed", suites().count() - passed);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_suites_and_not_the_installation() {
        let table = render(&[
            Outcome::passed("(install)", Duration::from_secs(61)),
            Outcome::passed("fmt", Duration::from_secs(1)),
            Outcome { name: "e2e", passed: false, time: Duration::from_secs(60) },
        ]);
        assert!(table.ends_with("\n1 passed, 1 failed"), "{table}");
        assert!(table.contains("together              2:02"), "{table}");
        assert!(table.contains("e2e         FAILED    1:00"), "{table}");
    }
}
