//! Running Python's unittest, whose closing line counts no passes.

use std::process::Command;

use crate::command::{self, Stream};
use crate::error::Error;

/// What unittest said at its end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    ran: u32,
    failed: u32,
    skipped: u32,
}

/// Runs it, shows what it prints as it comes, and adds the line `N passed, N failed`.
pub(super) fn run(command: &mut Command) -> Result<(), Error> {
    let mut tally = Tally::default();
    let result = command::run_watched(command, Stream::Errors, &mut |line| tally.read(line));
    let passed = tally.ran.saturating_sub(tally.failed + tally.skipped);
    println!("{passed} passed, {} failed, {} skipped", tally.failed, tally.skipped);
    result?;
    if passed == 0 { Err(Error::failed("no Python test ran")) } else { Ok(()) }
}

impl Tally {
    /// Takes up `Ran 7 tests in 1.2s` and `FAILED (failures=1, errors=2, skipped=3)`.
    fn read(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("Ran ") {
            self.ran = rest.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
        }
        let details = line.strip_prefix("FAILED (").or_else(|| line.strip_prefix("OK ("));
        let Some(details) = details.and_then(|rest| rest.strip_suffix(')')) else { return };
        for (name, count) in details.split(", ").filter_map(|detail| detail.split_once('=')) {
            let count = count.parse().unwrap_or(0);
            match name {
                "failures" | "errors" | "unexpected successes" => self.failed += count,
                "skipped" => self.skipped += count,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_unittest_are_counted() {
        for (lines, tally) in [
            (&["Ran 7 tests in 1.234s", "", "OK"][..], Tally { ran: 7, failed: 0, skipped: 0 }),
            (&["Ran 1 test in 0.1s", "OK (skipped=1)"], Tally { ran: 1, failed: 0, skipped: 1 }),
            (
                &["Ran 9 tests in 0.1s", "FAILED (failures=1, errors=2, skipped=3)"],
                Tally { ran: 9, failed: 3, skipped: 3 },
            ),
            (&["FAILED to start", "Ran away"], Tally::default()),
        ] {
            let mut read = Tally::default();
            lines.iter().for_each(|line| read.read(line));
            assert_eq!(read, tally, "{lines:?}");
        }
    }
}
